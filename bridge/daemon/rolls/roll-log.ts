/**
 * The log of a roll's changes, edits.log: lines that say what was changed, or, after it was compacted, all that
 * differs from the song as it came. Each line begins with the roll's state after it, so that the state of every song
 * can be read from the end of its log.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { z } from "zod";
import { byStart } from "../../music/note-match.ts";
import type { RollChanged } from "../../protocol/roll.ts";
import type { Note } from "../../protocol/song.ts";
import { EMPTY_LOG, type LogEnd, readLines } from "../storage/lines.ts";
import type { Form } from "../storage/logged-state.ts";
import type { Roll } from "./roll.ts";
import {
  type AddedTrack,
  addedTrackSchema,
  fromRow,
  type RollState,
  type Row,
  rowSchema,
  stateSchema,
  toRow,
} from "./roll-files.ts";

const rows = z.array(rowSchema);
const stepSchema = z.union([
  z.strictObject({ edit: z.string(), removed: rows, added: rows }),
  z.strictObject({ add: addedTrackSchema }),
  z.strictObject({ remove: z.string() }),
]);
type Step = z.infer<typeof stepSchema>;

/** Lists of pairs, not objects: a track may have any name, also one that objects of JavaScript have. */
const lineSchema = z.strictObject({
  state: stateSchema,
  /** What was changed. */
  steps: z.array(stepSchema).optional(),
  /** Begins a whole: the tracks that follow, one a line. */
  whole: z.strictObject({ changed: z.array(z.string()), added: z.array(addedTrackSchema) }).optional(),
  /** Of a whole: all notes of a track. */
  track: z.tuple([z.string(), rows]).optional(),
});
type Line = z.infer<typeof lineSchema>;

export function lineOfSteps(roll: Roll, steps: readonly Step[]): string {
  return JSON.stringify({ state: roll.state, steps } satisfies { state: RollState; steps: readonly Step[] });
}

export function stepsOfEdit(changed: readonly RollChanged[]): Step[] {
  return changed.map(({ trackId, removed, added }) => ({
    edit: trackId,
    removed: removed.map(toRow),
    added: added.map(toRow),
  }));
}

export const rollForm: Form<Roll> = {
  draft: (roll) => roll.draft(),
  adopt: (roll, draft) => roll.adopt(draft),
  same: (roll) => lineOfSteps(roll, []),
  snapshot: (roll) => {
    const { state, addedTracks: added } = roll;
    const changed = [...roll.changedTracks];
    const tracks = changed.map((id): Line => ({ state, track: [id, roll.track(id).notes.map(toRow)] }));
    return [{ state, whole: { changed, added } }, ...tracks].map((line) => JSON.stringify(line));
  },
};

/** What a log said. */
export interface ReadLog {
  end: LogEnd;
  /** Which part is damaged, in words; undefined where all is whole. */
  damage: string | undefined;
}

/**
 * Put a log's changes into a roll that is as it came.
 *
 * A damaged line of a whole loses the notes of its track; a damaged change loses itself and, since later ones build
 * on it, those after it. The version is above any that the damaged file shows, so that none comes twice.
 * @throws the system's errors, also ENOENT
 */
export async function readRollLog(path: string, roll: Roll): Promise<ReadLog> {
  const reading = new Reading(roll);
  let end = EMPTY_LOG;
  for await (const line of readLines(path)) {
    end = line.end;
    reading.take(line.isWhole ? parsed(line.json) : undefined, line.number);
  }
  reading.finish();
  return { end, damage: reading.damage };
}

class Reading {
  private readonly roll: Roll;
  private readonly tracks = new Map<string, TrackNotes>();
  /** Tracks of a whole whose lines have not come yet. */
  private expected: string[] = [];
  private readonly lostTracks = new Set<string>();
  private readonly damagedLines: number[] = [];
  private skipped = 0;
  private newest = 0;
  private isStopped = false;

  constructor(roll: Roll) {
    this.roll = roll;
  }

  take(line: Line | undefined, number: number): void {
    if (line === undefined) {
      this.damagedLines.push(number);
      this.newest += 1;
      // Inside a whole the lines that follow do not depend on it.
      if (this.expected.length === 0) this.isStopped = true;
      return;
    }
    this.newest = Math.max(this.newest, line.state.version);
    if (this.isStopped) {
      this.skipped += 1;
      return;
    }
    if (line.whole !== undefined) this.begin(line.whole);
    else if (line.track !== undefined) this.putTrack(...line.track);
    else this.applySteps(line.steps ?? []);
    Object.assign(this.roll, line.state);
  }

  finish(): void {
    for (const id of this.expected) this.lostTracks.add(id);
    for (const [id, notes] of this.tracks) {
      const track = this.roll.song.tracks.find((one) => one.id === id);
      if (track !== undefined) track.notes = notes.list;
    }
    if (this.damagedLines.length > 0) this.roll.version = Math.max(this.newest, this.roll.version + 1);
  }

  get damage(): string | undefined {
    if (this.damagedLines.length === 0) return undefined;
    const lines = `line ${this.damagedLines.slice(0, 8).join(", ")} of edits.log is damaged`;
    const tracks = [...this.lostTracks].slice(0, 8).map((id) => JSON.stringify(id.slice(0, 64)));
    const lost = tracks.length > 0 ? `; the changes of track ${tracks.join(", ")} are lost` : "";
    const later = this.isStopped ? `; it and ${this.skipped} later changes are lost` : "";
    return `${lines}${lost}${later}`;
  }

  private begin({ changed, added }: { changed: string[]; added: AddedTrack[] }): void {
    for (const track of added) this.roll.putTrack(track);
    this.expected = [...changed];
  }

  private putTrack(id: string, notes: Row[]): void {
    const at = this.expected.indexOf(id);
    for (const lost of this.expected.splice(0, at + 1).slice(0, -1)) this.lostTracks.add(lost);
    if (this.roll.song.tracks.every((track) => track.id !== id)) return;
    this.tracks.set(id, new TrackNotes(notes.map(fromRow)));
    this.roll.changedTracks.add(id);
  }

  private applySteps(steps: readonly Step[]): void {
    for (const id of this.expected.splice(0)) this.lostTracks.add(id);
    for (const step of steps) {
      if ("add" in step) this.roll.putTrack(step.add);
      else if ("remove" in step) {
        this.tracks.delete(step.remove);
        this.roll.dropTrack(step.remove);
      } else if (!this.lostTracks.has(step.edit)) this.applyEdit(step);
    }
  }

  private applyEdit({ edit, removed, added }: Extract<Step, { edit: string }>): void {
    const track = this.roll.song.tracks.find(({ id }) => id === edit);
    if (track === undefined) return;
    let notes = this.tracks.get(edit);
    if (notes === undefined) {
      notes = new TrackNotes(track.notes);
      this.tracks.set(edit, notes);
    }
    notes.exchange(removed, added);
    this.roll.changedTracks.add(edit);
  }
}

/** Notes of a track under many exchanges, each as quick as it is small; the same order as `exchange` gives. */
class TrackNotes {
  private notes: (Note | null)[];
  private places: Map<string, number[]> | undefined;
  private isInOrder = true;

  constructor(notes: readonly Note[]) {
    this.notes = [...notes];
  }

  exchange(removed: readonly Row[], added: readonly Row[]): void {
    const places = this.placesByNote();
    for (const row of removed) {
      const place = places.get(row.join(" "))?.shift();
      if (place !== undefined) this.notes[place] = null;
    }
    for (const row of added) {
      remember(places, row, this.notes.length);
      this.notes.push(fromRow(row));
      this.isInOrder = false;
    }
  }

  get list(): Note[] {
    const list = this.notes.filter((note) => note !== null);
    return this.isInOrder ? list : list.sort(byStart);
  }

  private placesByNote(): Map<string, number[]> {
    if (this.places !== undefined) return this.places;
    const places = new Map<string, number[]>();
    for (const [place, note] of this.notes.entries()) if (note !== null) remember(places, toRow(note), place);
    this.places = places;
    return places;
  }
}

function remember(places: Map<string, number[]>, row: Row, place: number): void {
  const known = places.get(row.join(" "));
  if (known === undefined) places.set(row.join(" "), [place]);
  else known.push(place);
}

function parsed(json: string): Line | undefined {
  try {
    return lineSchema.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

const TAIL_BYTES = 64 * 1024;
const STATE = /^[0-9a-f]{16} \{"state":(\{[^{}]*\})[,}]/;

/**
 * The state after the last line that has one, from the end of the file; its sum is not checked.
 * @returns undefined where no line has one
 * @throws the system's errors, also ENOENT
 */
export function stateAtEnd(path: string): RollState | undefined {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    return lastState(file, size, TAIL_BYTES) ?? lastState(file, size, size);
  } finally {
    closeSync(file);
  }
}

function lastState(file: number, size: number, tailBytes: number): RollState | undefined {
  const from = Math.max(0, size - tailBytes);
  const bytes = Buffer.alloc(size - from);
  const lines = bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, from)).split("\n");
  for (const line of lines.reverse()) {
    const json = STATE.exec(line)?.[1];
    const state = json === undefined ? undefined : stateSchema.safeParse(parsedJson(json));
    if (state?.success) return state.data;
  }
  return undefined;
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
