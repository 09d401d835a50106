/**
 * Drops the notes far from the region from a request, so that messages and journal entries do not grow with the song.
 * It is generous: the core decides which of the rest matter (native/operations/src/fill/near.rs).
 */
import { type Quarters, type Tick, ticksFromQuarters } from "./time.ts";

interface Track {
  readonly id: string;
  readonly notes: readonly { readonly startTick: Tick; readonly durationTicks: Tick }[];
}

/** A song, and a region of one of its tracks, or of several. */
interface AroundRegion {
  readonly ppq: number;
  readonly timeSignatures: readonly { readonly numerator: number; readonly denominator: number }[];
  readonly tracks: readonly Track[];
  readonly region: {
    readonly trackId?: string | undefined;
    readonly trackIds?: readonly string[] | undefined;
    readonly startTick: Tick;
    readonly endTick: Tick;
  };
}

/** Bars on either side; the core keeps 40. */
const BARS = 64;
const QUARTERS_A_WHOLE: Quarters = 4;
/** Notes of the track before the region that a recurrent model hears, however long ago they were. */
const HEARD_NOTES = 512;

/** @param request  notes in any order */
export function nearRegion<Request extends AroundRegion>(request: Request): Request {
  const { region, ppq, timeSignatures, tracks } = request;
  const longest = timeSignatures.reduce<Quarters>(
    (most, { numerator, denominator }) => Math.max(most, (numerator * QUARTERS_A_WHOLE) / denominator),
    QUARTERS_A_WHOLE,
  );
  const margin = BARS * ticksFromQuarters(longest, ppq);
  const [from, to] = [region.startTick - margin, region.endTick + margin];
  const near = (track: Track): Track => {
    const isTarget = track.id === region.trackId || region.trackIds?.includes(track.id) === true;
    const heardFrom = isTarget ? lastBefore(track, region.startTick) : to;
    const isNear = ({ startTick, durationTicks }: Track["notes"][number]) =>
      startTick < to && (startTick + durationTicks > from || startTick >= heardFrom);
    return { ...track, notes: track.notes.filter(isNear) };
  };
  return { ...request, tracks: tracks.map(near) };
}

/** Where the last notes before a tick begin. */
function lastBefore({ notes }: Track, tick: Tick): number {
  const before = notes.filter(({ startTick }) => startTick < tick).map(({ startTick }) => startTick);
  before.sort((a, b) => b - a);
  return before[HEARD_NOTES - 1] ?? before.at(-1) ?? tick;
}
