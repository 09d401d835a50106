/**
 * A Live set in memory with its undo history, read and written by the simulated objects. Stricter than Live where its
 * rules are known: an object made in a transaction cannot be changed in it, and notes must be valid.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";

export interface ClipState {
  kind: "midi" | "audio";
  name: string;
  muted: boolean;
  startTime: number;
  endTime: number;
  startMarker: number;
  looping: boolean;
  loopStart: number;
  loopEnd: number;
  notes: NoteDescription[];
}

/** A device; a rack has chains of them. */
export type DeviceState = "device" | "drums" | { chains: DeviceState[][]; isOfPads?: boolean };

export interface TrackState {
  kind: "midi" | "audio" | "group";
  name: string;
  mute: boolean;
  mutedViaSolo: boolean;
  /** Of a group. */
  group: number | null;
  devices: DeviceState[];
  /** Ids of clips. */
  slots: (number | null)[];
  clips: number[];
  takeLanes: number[];
}

export interface SetState {
  tempo: number;
  rootNote: number;
  scaleName: string;
  scenes: { tempo: number; signatureNumerator: number; signatureDenominator: number }[];
  /** By id, in order. */
  tracks: [number, TrackState][];
  takeLanes: Record<number, { name: string; track: number; clips: number[] }>;
  clips: Record<number, ClipState>;
}

const NOTE_FIELDS = {
  pitch: (value: number) => Number.isInteger(value) && value >= 0 && value <= 127,
  startTime: Number.isFinite,
  duration: (value: number) => value > 0 && Number.isFinite(value),
  velocity: (value: number) => value >= 1 && value <= 127,
  muted: (value: unknown) => typeof value === "boolean",
  probability: (value: number) => value >= 0 && value <= 1,
  releaseVelocity: (value: number) => value >= 0 && value <= 127,
  selected: (value: unknown) => typeof value === "boolean",
  velocityDeviation: (value: number) => value >= -127 && value <= 127,
} as const;

export class LiveSet {
  state: SetState;
  private nextId = 1_000;
  /** States before each undo step. */
  private readonly history: SetState[] = [];
  private depth = 0;
  private made = new Set<number>();

  constructor(state: SetState) {
    this.state = state;
  }

  get undoSteps(): number {
    return this.history.length;
  }

  undo(): void {
    const before = this.history.pop();
    if (before === undefined) throw new Error("there is nothing to undo");
    this.state = before;
  }

  transaction<T>(change: () => T): T {
    const before = structuredClone(this.state);
    this.depth += 1;
    try {
      return change();
    } finally {
      this.depth -= 1;
      if (this.depth === 0) {
        this.made = new Set();
        if (JSON.stringify(before) !== JSON.stringify(this.state)) this.history.push(before);
      }
    }
  }

  setNotes(clipId: number, notes: readonly NoteDescription[]): void {
    if (this.made.has(clipId)) throw new Error("what was made in a transaction can't be changed in it");
    for (const note of notes) checkNote(note);
    checkOverlaps(notes);
    const copies = notes.map((note) => plainNote(note));
    this.transaction(() => {
      this.clip(clipId).notes = copies;
    });
  }

  makeClip(change: Partial<ClipState>, insert: (id: number) => void): number {
    const id = this.nextId++;
    this.transaction(() => {
      this.state.clips[id] = newClip(change);
      insert(id);
      if (this.depth > 1) this.made.add(id);
    });
    return id;
  }

  clip(id: number): ClipState {
    const clip = this.state.clips[id];
    if (clip === undefined) throw new Error(`the handle ${id} is of no object any more`);
    return clip;
  }

  track(id: number): TrackState {
    const track = this.state.tracks.find(([each]) => each === id)?.[1];
    if (track === undefined) throw new Error(`the handle ${id} is of no object any more`);
    return track;
  }
}

export function newClip(change: Partial<ClipState>): ClipState {
  const start = change.startTime ?? 0;
  const length = (change.endTime ?? start + 16) - start;
  return {
    kind: "midi",
    name: "",
    muted: false,
    startTime: start,
    endTime: start + length,
    startMarker: 0,
    looping: false,
    loopStart: change.startMarker ?? 0,
    loopEnd: (change.startMarker ?? 0) + length,
    notes: [],
    ...change,
  };
}

/** Numbers that came as BigInt go back as such; they are stored as numbers. */
function plainNote(note: NoteDescription): NoteDescription {
  const entries = Object.entries(note).map(([name, value]) => [
    name,
    typeof value === "bigint" ? Number(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function checkNote(note: NoteDescription): void {
  for (const [name, value] of Object.entries(note)) {
    const isGood = NOTE_FIELDS[name as keyof typeof NOTE_FIELDS] as ((value: unknown) => boolean) | undefined;
    if (isGood === undefined) throw new Error(`a note has no ${name}`);
    const number = typeof value === "bigint" ? Number(value) : value;
    if (value !== undefined && !isGood(number))
      throw new Error(`${String(value)} is not a valid ${name} of a note`);
  }
  for (const name of ["pitch", "startTime", "duration"])
    if (!(name in note)) throw new Error(`a note needs ${name}`);
}

/** Live would cut them, and nobody would have asked it to. */
function checkOverlaps(notes: readonly NoteDescription[]): void {
  const ends = new Map<number, number>();
  for (const note of [...notes].sort((a, b) => Number(a.startTime) - Number(b.startTime))) {
    const pitch = Number(note.pitch);
    if ((ends.get(pitch) ?? Number.NEGATIVE_INFINITY) > Number(note.startTime) + 1e-9) {
      throw new Error(`two notes of pitch ${pitch} sound at once at ${note.startTime}`);
    }
    ends.set(pitch, Number(note.startTime) + Number(note.duration));
  }
}
