/**
 * What the engine can be asked, with one field for each field of the addon's requests (native/jobs).
 */
import type { Span, TickSpan } from "../music/span.ts";

/** A name may be a list of them, "1,3" or "Bass, Piano", where no track is called so. */
export type TrackChoice = { number: number } | { name: string } | { several: TrackChoice[] };

export type RegionChoice =
  | Span
  | { several: Span[] }
  /** The bars that follow the track's last note. */
  | { after: { bars: number } };

export type Mode = "fill" | "continue" | { vary: { amount: number } };

export interface Controls {
  /** 1 (sparse) to 10 (dense). */
  density?: number;
  polyphony?: number;
  pitchRange?: [lowest: number, highest: number];
  /** Tonic and mode such as "D dorian", or "auto". */
  scale?: string;
  rhythm?: "free" | "keep" | "keepOnsets";
  /** Mean velocity. */
  velocity?: number;
  novelty?: number;
}

export interface Sampling {
  seed: number;
  candidates?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  contextNotes?: number;
  deadlineMs?: number;
}

export interface Locks {
  pitches?: number[];
  tickRanges?: TickSpan[];
}

/** What becomes of a file where a result goes: kept under another name unless it is an earlier result, or not. */
export type Existing = "keep" | "replace" | "refuse";

export interface FillRequest {
  input: string;
  /** Left out for a fill in place. */
  output?: string;
  /** keep where left out. */
  existing?: Existing;
  strict?: boolean;
  /** Which song, from 1, of a file that holds several. */
  song?: number;
  track: TrackChoice;
  /** Overrules what the file says of the track. */
  isDrums?: boolean;
  region: RegionChoice;
  mode: Mode;
  controls: Controls;
  sampling: Sampling;
  locks: Locks;
  /** End notes that sound into the region at its start. */
  cutCrossing: boolean;
  /** Write the note-offs that the track lacks; what is held into the region ends at its start. */
  endHeldNotes?: boolean;
  engine: EngineChoice;
}

export interface EngineChoice {
  /** Id or folder; left out for the default. */
  model?: string;
  /** auto, or the name of a device. */
  device: string;
  threads?: number;
}
