/**
 * A request without the notes that are too far from the region to matter, so that its cost does not depend on
 * the length of the song.
 */
import type { SeededRequest } from "../engine/fill-song.ts";

/** Bars on either side; the model hears 16. */
const BARS = 64;
const QUARTERS_A_WHOLE = 4;

export function nearRegion(request: SeededRequest): SeededRequest {
  const { region, ppq, timeSignatures, tracks } = request;
  const longest = timeSignatures.reduce(
    (most, { numerator, denominator }) => Math.max(most, (numerator * QUARTERS_A_WHOLE) / denominator),
    QUARTERS_A_WHOLE,
  );
  const margin = BARS * longest * ppq;
  const [from, to] = [region.startTick - margin, region.endTick + margin];
  const isNear = (track: (typeof tracks)[number]) => ({
    ...track,
    notes: track.notes.filter((note) => note.startTick >= from && note.startTick < to),
  });
  return { ...request, tracks: tracks.map(isNear) };
}
