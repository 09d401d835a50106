/**
 * The region that a file itself asks to be filled, by its markers or by its only empty bars.
 */
import { z } from "zod";
import { loadAddon } from "./addon.ts";
import type { TrackChoice } from "./file-region.ts";
import { fileRegionSchema } from "./filled-file.ts";
import { checked } from "./native-call.ts";

const markedSchema = fileRegionSchema.extend({
  trackName: z.string(),
  /** The bars that hold the region's first and last tick, from 1. */
  firstBar: z.int().positive(),
  lastBar: z.int().positive(),
  /** Whether marks say so, not empty bars. */
  isMarked: z.boolean(),
});
export type MarkedRegion = z.infer<typeof markedSchema>;

export interface MarkedRequest {
  input: string;
  strict?: boolean;
  /** Which song, from 1, of a file that holds several. */
  song?: number;
  /** For marks that name none; without marks, the only track that is looked at. */
  track?: TrackChoice;
}

/** @throws BridgeError INPUT_*, MIDI_*, TRACK_*, MARK_*, GAP_* */
export function readMarked(request: MarkedRequest): Promise<MarkedRegion> {
  // An addon that is not there rejects like everything else that goes wrong.
  const answer = new Promise<string>((resolve) => resolve(loadAddon().addon.marked(JSON.stringify(request))));
  return checked(answer, markedSchema);
}
