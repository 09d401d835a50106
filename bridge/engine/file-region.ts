/**
 * The part of a file that a request means, and where the result goes, as the core reads it (native/operations/src/fill/request.rs).
 */
import type { NewPart } from "../music/parts.ts";
import type { Span, TickSpan } from "../music/span.ts";

/** A name may be a list of them, "1,3" or "Bass, Piano", where no track is called so. */
export type TrackChoice =
  | { number: number }
  | { name: string }
  | { several: TrackChoice[] }
  /** Parts that the song does not have yet. */
  | { new: NewPart[] };

export type RegionChoice =
  | Span
  | { several: Span[] }
  /** The bars that follow the track's last note. */
  | { after: { bars: number } };

/** What becomes of a file where a result goes: kept under another name unless it is an earlier result, or not. */
export type Existing = "keep" | "replace" | "refuse";

export interface FileRegion {
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
  /** Old notes that stay. */
  locks?: { pitches?: number[]; tickRanges?: TickSpan[] };
  /** End notes that sound into the region at its start. */
  cutCrossing?: boolean;
  /** Write the note-offs that the track lacks; what is held into the region ends at its start. */
  endHeldNotes?: boolean;
}
