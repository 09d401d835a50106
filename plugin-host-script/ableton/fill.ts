/**
 * One fill of one target, and another candidate of it: ask, compare, write.
 */
import type { ExtensionContext, MidiClip, NoteDescription } from "@ableton-extensions/sdk";
import type { FillResult, Mode } from "../../bridge/client/generated/protocol.ts";
import type { Tick } from "../../bridge/music/time.ts";
import type { Span } from "./clip-time.ts";
import type { Daemon, Filled } from "./daemon.ts";
import { ask, hint } from "./dialogs.ts";
import { beforeFill, isRegionOf, type LastFill, type Memory } from "./memory.ts";
import { keyOf, type RegionNote, type Replacement, replaced, revisionOf, startsIn } from "./notes.ts";
import { Notice } from "./notice.ts";
import { idOf } from "./numbers.ts";
import { withProgress } from "./progress.ts";
import { requestOf } from "./request.ts";
import type { SettingsFile } from "./settings.ts";
import { makeClip, notesOf, type Target } from "./target.ts";

export interface Filling {
  context: ExtensionContext;
  daemon: Daemon;
  memory: Memory;
  settings: SettingsFile;
}

/**
 * Fill a target. @param before  the clip's notes as the fill shall see them; as they are where left out
 * @returns false where the musician gave up; nothing was changed then
 * @throws Notice, and what the daemon says
 */
export async function fill(
  filling: Filling,
  target: Target,
  mode: Mode,
  before?: readonly NoteDescription[],
): Promise<boolean> {
  const { context, daemon, memory, settings } = filling;
  const sent = revisionOf(notesOf(target), target.region);
  const notes = before ?? notesOf(target);
  const clipId = target.clip === undefined ? undefined : idOf(target.clip);
  const { request, startTick } = requestOf(context, target, {
    notes,
    mode,
    settings: settings.read(),
    isLocked: (note) => clipId !== undefined && startsIn(note, target.region) && memory.isKept(clipId, note),
  });
  const title = `Continuo fills ${target.title}${keeping(request.lockedNotes?.length ?? 0)}`;
  const filled = await withProgress(context.ui, title, (events) => daemon.fill(request, events));
  if (filled === undefined) return false;
  for (const { message } of filled.result.warnings) hint(message);
  const candidates = candidatesOf(filled.result, startTick);
  if (candidates.length === 0) throw new Notice(`No notes were found that fit ${target.title}.`);
  if (revisionOf(notesOf(target), target.region) !== sent) {
    const text = `The notes in ${target.title} were changed meanwhile. Replace them by the new ones?`;
    if (!(await ask(context, text, "Replace"))) return false;
  }
  const old = notes.filter((note) => startsIn(note, target.region));
  await write(filling, target, {
    region: target.region,
    mode,
    jobId: filled.jobId,
    candidates,
    index: 0,
    old,
    removed: removedOf(filled, startTick),
  });
  return true;
}

function keeping(count: number): string {
  if (count === 0) return "";
  return count === 1 ? ", keeping 1 note" : `, keeping ${count} notes`;
}

/**
 * The next candidate of the last fill; another fill where none is left, or none was made here.
 * @returns as fill
 * @throws as fill
 */
export async function fillAgain(filling: Filling, target: Target): Promise<boolean> {
  const { context, daemon, memory } = filling;
  const last = target.clip === undefined ? undefined : memory.lastOf(idOf(target.clip));
  if (last === undefined || !(target.isWholeClip || isRegionOf(last, target.region))) {
    return await fill(filling, target, "fill");
  }
  const again = { ...target, region: last.region };
  const revision = revisionOf(notesOf(again), last.region);
  if (revision !== last.revisionAfter && revision !== last.revisionBefore) {
    const text = `The notes in ${target.title} were changed since the last fill. Replace them?`;
    if (!(await ask(context, text, "Replace"))) return false;
  }
  if (last.index + 1 < last.candidates.length) {
    await write(filling, again, { ...last, index: last.index + 1 });
    return true;
  }
  // None of them was what the musician wanted.
  last.isSettled = true;
  void daemon.tell(last.jobId, undefined);
  return await fill(filling, again, last.mode, beforeFill(last, notesOf(again)));
}

type Written = Omit<LastFill, "clip" | "revisionBefore" | "revisionAfter" | "isSettled">;

async function write({ context, memory }: Filling, target: Target, fill: Written): Promise<void> {
  const { old, removed, index, candidates } = fill;
  const { clip, region } = await writeInto(context, target, {
    old,
    removed,
    added: candidates[index] ?? [],
  });
  memory.remember({
    ...fill,
    clip,
    region,
    revisionBefore: revisionOf(old, region),
    // As Live has them now, which may round.
    revisionAfter: revisionOf(clip.notes, region),
    isSettled: false,
  });
}

/**
 * One undo step; two where a clip has to be made first. @returns where it was written
 * @throws Notice
 */
export async function writeInto(
  context: ExtensionContext,
  target: Target,
  change: Pick<Replacement, "old" | "removed" | "added">,
): Promise<{ clip: MidiClip; region: Span }> {
  const made = target.clip === undefined ? await makeClip(target) : target;
  const { clip, region } = made;
  if (clip === undefined) throw new Notice("The clip is gone.");
  const next = replaced({ now: notesOf(made), region, ...change });
  context.withinTransaction(() => {
    clip.notes = next;
  });
  return { clip, region };
}

function candidatesOf({ candidates }: FillResult, startTick: Tick): RegionNote[][] {
  return candidates
    .map(({ notes }) =>
      notes.map(({ startTick: tick, durationTicks, pitch, velocity }) => ({
        startTick: tick - startTick,
        durationTicks,
        pitch,
        velocity,
      })),
    )
    .filter((notes) => notes.length > 0);
}

function removedOf({ result }: Filled, startTick: Tick): Set<string> {
  return new Set(result.removed.map(({ startTick: tick, pitch }) => keyOf(tick - startTick, pitch)));
}
