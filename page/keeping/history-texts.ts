/**
 * Steps of the history as texts and back, so that undo still works after a reload. Note ids change with each load of
 * the page, so notes are found again by their content.
 */
import type { Change } from "../document/change.ts";
import { type Step, type Steps, withoutNotes } from "../document/history.ts";
import { NotePool } from "../document/match.ts";
import { type NoteId, newNote, type PageNote, type PageSong, type PlainNote } from "../document/song.ts";

/** Of what is written; a later page reads nothing of another one. */
const VERSION = 1;
/** Characters of all steps together. */
const MOST_CHARACTERS = 2_000_000;
const HISTORY = "history";
const STEP = "step.";

/** Names of notes as they are stored: the same for a note in every step, also in those of earlier pages. */
export class StoredNames {
  private readonly names = new Map<NoteId, number>();
  private last = 0;

  of(id: NoteId): number {
    const known = this.names.get(id);
    if (known !== undefined) return known;
    this.last += 1;
    this.names.set(id, this.last);
    return this.last;
  }

  set(id: NoteId, name: number): void {
    this.names.set(id, name);
    this.last = Math.max(this.last, name);
  }
}

/** As it is stored; notes are rows of six numbers: name, start, duration, pitch, velocity, channel. */
interface StoredStep {
  readonly v: number;
  readonly label: string;
  readonly changes: readonly { readonly track: string; readonly gone: number[]; readonly come: number[] }[];
  readonly tracks?: Step["tracks"];
}

interface StoredHistory {
  readonly v: number;
  /** Keys of steps. */
  readonly done: readonly string[];
  readonly undone: readonly string[];
}

/**
 * What is kept of a history, by name. The latest steps that fit are kept.
 * @param known  texts of steps that were made before, so that each is made once
 */
export function historyTexts(
  { done, undone }: Steps,
  names: StoredNames,
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  const texts = new Map<string, string>();
  let left = MOST_CHARACTERS;
  /** Those from the end that fit. */
  const fitting = (steps: readonly Step[]): string[] => {
    const keys: string[] = [];
    for (const step of steps.toReversed()) {
      const name = STEP + step.key;
      const text = known.get(name) ?? stepText(step, names);
      left -= text.length;
      if (left < 0) break;
      texts.set(name, text);
      keys.push(step.key);
    }
    return keys.reverse();
  };
  const stored: StoredHistory = { v: VERSION, done: fitting(done), undone: fitting(undone) };
  if (done.length + undone.length > 0) texts.set(HISTORY, JSON.stringify(stored));
  return texts;
}

export function isHistoryName(name: string): boolean {
  return name === HISTORY || name.startsWith(STEP);
}

/** The steps that were kept, about the notes of the song as it is; what no longer fits it is left out. */
export function restoredHistory(
  texts: ReadonlyMap<string, string>,
  song: PageSong,
  names: StoredNames,
): Steps {
  try {
    const stored = parsed<StoredHistory>(texts.get(HISTORY));
    const [done, undone] = [stored.done, stored.undone].map((keys) => readable(keys, texts));
    return new Linker(song, names).link(done ?? [], undone ?? []);
  } catch {
    // Of another version, or damaged: nobody can undo, and nothing else is lost.
    return { done: [], undone: [] };
  }
}

function stepText({ label, changes, tracks }: Step, names: StoredNames): string {
  const rows = (notes: readonly PageNote[]) =>
    notes.flatMap(({ id, startTick, durationTicks, pitch, velocity, channel }) => [
      names.of(id),
      startTick,
      durationTicks,
      pitch,
      velocity,
      channel,
    ]);
  const stored: StoredStep = {
    v: VERSION,
    label,
    changes: changes.map(({ trackId, removed, added }) => ({
      track: trackId,
      gone: rows(removed),
      come: rows(added),
    })),
    tracks,
  };
  return JSON.stringify(stored);
}

interface KeyedStep extends StoredStep {
  readonly key: string;
}

/** Steps from the end as far as all are there: what was done before one that is missing cannot be undone. */
function readable(keys: readonly string[], texts: ReadonlyMap<string, string>): KeyedStep[] {
  const steps: KeyedStep[] = [];
  for (const key of keys.toReversed()) {
    const text = texts.get(STEP + key);
    if (text === undefined) break;
    steps.push({ ...parsed<StoredStep>(text), key });
  }
  return steps.reverse();
}

/** @throws Error if it is not of this version */
function parsed<Stored extends { readonly v: number }>(text: string | undefined): Stored {
  const stored: Stored = JSON.parse(text ?? "null");
  if (stored?.v !== VERSION) throw new Error("stored by another version");
  return stored;
}

const ROW = 6;

/** Gives notes of stored steps the names that they have in this page. */
class Linker {
  private readonly pools: Map<string, NotePool<PageNote>>;
  private readonly names: StoredNames;
  private readonly ids = new Map<number, NoteId>();
  /** Notes that should be in the song, and are not: another page changed them. */
  private readonly lost = new Set<NoteId>();

  constructor(song: PageSong, names: StoredNames) {
    this.pools = new Map(song.tracks.map(({ id, notes }) => [id, new NotePool(notes)]));
    this.names = names;
  }

  link(done: readonly KeyedStep[], undone: readonly KeyedStep[]): Steps {
    // From the song as it is, back through what was done and on through what was undone.
    const before = done.toReversed().map((step) => this.step(step, "come"));
    const after = undone.toReversed().map((step) => this.step(step, "gone"));
    return {
      done: withoutNotes(before.reverse(), this.lost),
      undone: withoutNotes(after.reverse(), this.lost),
    };
  }

  /** @param there  which of its notes are in the song */
  private step({ key, label, changes, tracks }: KeyedStep, there: "come" | "gone"): Step {
    const order = there === "come" ? changes.toReversed() : changes;
    const linked = order.map(({ track, gone, come }): Change => {
      const [first, second] = there === "come" ? [come, gone] : [gone, come];
      const present = this.rows(first, track, true);
      const absent = this.rows(second, track, false);
      const [removed, added] = there === "come" ? [absent, present] : [present, absent];
      return { trackId: track, removed, added };
    });
    const moved = tracks === undefined ? {} : { tracks };
    return { key, label, changes: there === "come" ? linked.reverse() : linked, ...moved };
  }

  private rows(numbers: readonly number[], trackId: string, isThere: boolean): PageNote[] {
    const notes: PageNote[] = [];
    for (let at = 0; at + ROW <= numbers.length; at += ROW) {
      const [name = 0, startTick = 0, durationTicks = 1, pitch = 0, velocity = 1, channel = 0] =
        numbers.slice(at, at + ROW);
      const plain = { startTick, durationTicks, pitch, velocity, channel };
      notes.push({ ...plain, id: this.idOf(name, plain, trackId, isThere) });
    }
    return notes;
  }

  private idOf(name: number, note: PlainNote, trackId: string, isThere: boolean): NoteId {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const found = isThere ? this.pools.get(trackId)?.take(note) : undefined;
    const { id } = found ?? newNote(note);
    if (isThere && found === undefined) this.lost.add(id);
    this.ids.set(name, id);
    this.names.set(id, name);
    return id;
  }
}
