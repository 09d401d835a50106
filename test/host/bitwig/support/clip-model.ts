/**
 * A note clip as Bitwig stores it: notes at any time, and an undo history with one entry per call.
 */
export interface ModelNote {
  channel: number;
  pitch: number;
  /** Quarters from the clip's beat 0, on the grid or not. */
  start: number;
  duration: number;
  /** 0 to 1. */
  velocity: number;
  isMuted: boolean;
  isSelected: boolean;
  /** Stands for all that the script never touches: chance, pan, expressions. */
  chance: number;
}

export interface ClipOptions {
  notes?: Partial<ModelNote>[];
  /** Quarters. */
  length?: number;
  playStart?: number;
  loopStart?: number;
  loopLength?: number;
  isLooping?: boolean;
}

const SHORTEST = 1e-6;

export function modelNote(note: Partial<ModelNote>): ModelNote {
  const plain = { channel: 0, pitch: 60, start: 0, duration: 1, velocity: 100 / 127, chance: 1 };
  return { ...plain, isMuted: false, isSelected: false, ...note };
}

export class ClipModel {
  notes: ModelNote[];
  playStart: number;
  playStop: number;
  loopStart: number;
  loopLength: number;
  isLooping: boolean;
  /** How each change is taken back. */
  readonly history: (() => void)[] = [];
  /** Notes that a change cut or swallowed beside those that it names. */
  damaged = 0;

  constructor(options: ClipOptions = {}) {
    const length = options.length ?? 16;
    this.notes = (options.notes ?? []).map(modelNote);
    this.playStart = options.playStart ?? 0;
    this.playStop = length;
    this.loopStart = options.loopStart ?? 0;
    this.loopLength = options.loopLength ?? length - this.loopStart;
    this.isLooping = options.isLooping ?? true;
  }

  clone(): ClipModel {
    const copy = new ClipModel();
    const { notes, playStart, playStop, loopStart, loopLength, isLooping } = this;
    return Object.assign(copy, {
      ...{ playStart, playStop, loopStart, loopLength, isLooping },
      notes: structuredClone(notes),
    });
  }

  clear(channel: number, pitch: number, from: number, to: number): void {
    const cleared = take(
      this.notes,
      (note) => note.channel === channel && note.pitch === pitch && isIn(note, from, to),
    );
    this.history.push(() => this.notes.push(...cleared));
  }

  /** A note in place of the one in the same cell; others of its pitch make room, which the tests count as damage. */
  set(note: ModelNote, step: number): void {
    const end = note.start + note.duration;
    const touched = take(this.notes, (old) => {
      if (old.channel !== note.channel || old.pitch !== note.pitch) return false;
      return old.start < end - SHORTEST && old.start + old.duration > note.start + SHORTEST;
    });
    const damaged = touched.filter((old) => !isIn(old, note.start, note.start + step));
    this.damaged += damaged.length;
    const cut = damaged
      .filter((old) => old.start < note.start)
      .map((old) => ({ ...old, duration: note.start - old.start }));
    const written = [note, ...cut];
    this.notes.push(...written);
    this.history.push(() => {
      this.notes = [...this.notes.filter((each) => !written.includes(each)), ...touched];
    });
  }

  undo(): void {
    this.history.pop()?.();
  }
}

/** Take those out of a list that are meant. */
function take(notes: ModelNote[], isMeant: (note: ModelNote) => boolean): ModelNote[] {
  const taken: ModelNote[] = [];
  for (let index = notes.length - 1; index >= 0; index -= 1) {
    const note = notes[index];
    if (note === undefined || !isMeant(note)) continue;
    notes.splice(index, 1);
    taken.push(note);
  }
  return taken;
}

/** Cells are half-open; a beat of a third is not exact. */
function isIn(note: ModelNote, from: number, to: number): boolean {
  return note.start >= from - SHORTEST && note.start < to - SHORTEST;
}
