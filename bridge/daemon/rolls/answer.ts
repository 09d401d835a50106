/**
 * The answer of a fill that a musician made by hand: all notes of the region, in the form of a model's.
 */
import type { Tick } from "../../music/time.ts";
import type { FillResult } from "../../protocol/fill.ts";
import type { Note, Region } from "../../protocol/song.ts";
import { exchange, inOrder } from "./notes.ts";

/** Stands where an answer names its model. */
export const BY_HAND = "by-hand";

/**
 * @param before   notes of the track as the host sent them
 * @param now      as they are in the roll
 * @param totalMs  that the musician took
 */
export function answerByHand(
  region: Region,
  before: readonly Note[],
  now: readonly Note[],
  totalMs: number,
): FillResult {
  const isInside = ({ startTick }: Note) => startTick >= region.startTick && startTick < region.endTick;
  const removed = before.filter(isInside);
  const wanted = now.filter(isInside);
  // What nobody touched goes back as it came, also where it sounds out of the region.
  const { notes: added, removed: kept } = exchange(wanted, removed, []);
  const ended = added.map((note) => endedBy(note, region.endTick));
  const notes = apart([...kept.map((note) => ({ note, isNew: false })), ...ended.map(asNew)]);
  return {
    model: { id: BY_HAND, sha256: "" },
    device: "none",
    seed: 0,
    region,
    removed,
    candidates: [{ seed: 0, notes, logProbPerNote: 0, copied: 0, outOfScale: 0 }],
    warnings: [],
    timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs },
  };
}

function asNew(note: Note): Moved {
  return { note, isNew: true };
}

interface Moved {
  note: Note;
  isNew: boolean;
}

/** Hosts end one note of a pitch before the next begins; old notes that overlapped stay so. */
function apart(moved: readonly Moved[]): Note[] {
  const byPitch = new Map<string, Moved[]>();
  for (const one of moved) {
    const key = `${one.note.channel} ${one.note.pitch}`;
    const line = byPitch.get(key);
    if (line === undefined) byPitch.set(key, [one]);
    else line.push(one);
  }
  const notes = [...byPitch.values()].flatMap((line) => {
    line.sort((a, b) => a.note.startTick - b.note.startTick || b.note.durationTicks - a.note.durationTicks);
    return line.flatMap(({ note, isNew }, at) => {
      const [earlier, later] = [line[at - 1], line[at + 1]];
      // Of two that begin together the longer one is heard.
      if (isNew && earlier?.note.startTick === note.startTick) return [];
      const isFree =
        later === undefined || !(isNew || later.isNew) || later.note.startTick === note.startTick;
      return [isFree ? note : endedBy(note, later.note.startTick)];
    });
  });
  return inOrder(notes);
}

function endedBy(note: Note, tick: Tick): Note {
  return { ...note, durationTicks: Math.min(note.durationTicks, tick - note.startTick) };
}
