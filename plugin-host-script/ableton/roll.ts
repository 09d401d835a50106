/**
 * Fills a region by hand: opens it in the browser's piano roll, waits, compares, writes.
 */
import type { FillResult, Note } from "../../bridge/client/generated/protocol.ts";
import { codeOf } from "./daemon.ts";
import { ask, hint } from "./dialogs.ts";
import { type Filling, writeInto } from "./fill.ts";
import { keyOf, type RegionNote, revisionOf, startsIn } from "./notes.ts";
import { idOf } from "./numbers.ts";
import { withProgress } from "./progress.ts";
import { requestOf } from "./request.ts";
import { notesOf, type Target } from "./target.ts";

/** How long the page's address holds. */
const ADDRESS_MS = 55_000;

/**
 * @param count  of the selected targets, of which this one is opened
 * @returns false where the musician gave up here; nothing was changed then
 * @throws Notice, and what the daemon says
 */
export async function fillInRoll(filling: Filling, target: Target, count: number): Promise<boolean> {
  const { context, daemon, memory, settings } = filling;
  const notes = notesOf(target);
  const sent = revisionOf(notes, target.region);
  const clipId = target.clip === undefined ? undefined : idOf(target.clip);
  const asked = requestOf(context, target, {
    notes,
    mode: "fill",
    settings: settings.read(),
    isLocked: (note) => clipId !== undefined && startsIn(note, target.region) && memory.isKept(clipId, note),
  });
  // A musician's hand has no deadline.
  const { deadlineMs: _, ...request } = asked.request;
  const waiting = `Waiting for the piano roll${count > 1 ? ` (first of ${count})` : ""}... (Cancel gives up)`;
  const result = await withProgress(context.ui, `Continuo: ${target.title}`, async (events) => {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await daemon.roll(target.title.replaceAll('"', ""), request, {
        ...events,
        onOpen: (url) => {
          events.onStage(`${waiting}\nNo browser? ${url}`);
          timer = setTimeout(() => events.onStage(waiting), ADDRESS_MS);
        },
      });
    } catch (thrown) {
      if (codeOf(thrown) !== "CANCELLED" || events.signal?.aborted) throw thrown;
      hint("The piano roll returned the notes unchanged. Nothing was changed.");
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  });
  if (result === undefined) return false;
  if (revisionOf(notesOf(target), target.region) !== sent) {
    const text = `The notes in ${target.title} were changed meanwhile. Replace them by the new ones?`;
    if (!(await ask(context, text, "Replace"))) return false;
  }
  const old = notes.filter((note) => startsIn(note, target.region));
  const change = changeOf(asked.request, result);
  // An undo step that undoes nothing would be a riddle.
  if (change.removed.size + change.added.length === 0) return true;
  const { clip } = await writeInto(context, target, { old, ...change });
  // Its notes are the musician's own: another fill starts from them.
  memory.forget(idOf(clip));
  return true;
}

/** The least change: notes that came back as they were sent stay the very notes, with all that Live knows of them. */
function changeOf(
  {
    tracks,
    region,
  }: { tracks: readonly { id: string; notes: readonly Note[] }[]; region: FillResult["region"] },
  { candidates }: FillResult,
): { removed: Set<string>; added: RegionNote[] } {
  const { trackId, startTick, endTick } = region;
  const isInside = (note: Note) => note.startTick >= startTick && note.startTick < endTick;
  const before = (tracks.find(({ id }) => id === trackId)?.notes ?? []).filter(isInside);
  const after = (candidates[0]?.notes ?? []).filter(isInside);
  const [known, wanted] = [new Set(before.map(wholeKeyOf)), new Set(after.map(wholeKeyOf))];
  const gone = before.filter((note) => !wanted.has(wholeKeyOf(note)));
  return {
    removed: new Set(gone.map((note) => keyOf(note.startTick - startTick, note.pitch))),
    added: after
      .filter((note) => !known.has(wholeKeyOf(note)))
      .map(({ startTick: tick, ...note }) => ({ ...note, startTick: tick - startTick })),
  };
}

function wholeKeyOf({ startTick, durationTicks, pitch, velocity }: Note): string {
  return `${startTick} ${durationTicks} ${pitch} ${velocity}`;
}
