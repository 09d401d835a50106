/**
 * A song as heard in a region of one of its tracks, by the same rules as `native/midi/src/patterns.rs`: in a file of
 * format 2 only the track's own pattern plays, with its own maps; every track has the program that is active for most
 * of the region.
 */
import type { TimeSignature } from "./bars.ts";
import type { TempoChange } from "./tempo.ts";
import type { Tick } from "./time.ts";

interface Maps {
  readonly tempoMap: readonly TempoChange[];
  readonly timeSignatures: readonly TimeSignature[];
}

export interface ProgramChange {
  readonly tick: Tick;
  readonly program: number;
}

export interface TrackOfFile {
  readonly id: string;
  /** At the first note. */
  readonly program: number;
  /** Those that follow, by tick. */
  readonly programChanges?: readonly ProgramChange[] | undefined;
  /** Of format 2; tracks of one pattern have the same number. */
  readonly pattern?: (Maps & { readonly number: number }) | undefined;
}

interface Region {
  readonly trackId: string;
  readonly startTick: Tick;
  readonly endTick: Tick;
}

/** Tempo and meter of a track; those of the song where it has none of its own. */
export function mapsOf(song: Maps & { readonly tracks: readonly TrackOfFile[] }, trackId?: string): Maps {
  const { tempoMap, timeSignatures } = song.tracks.find(({ id }) => id === trackId)?.pattern ?? song;
  return { tempoMap, timeSignatures };
}

/** The tracks that play together with one of them. */
export function tracksWith<Track extends TrackOfFile>(tracks: readonly Track[], trackId?: string): Track[] {
  const own = tracks.find(({ id }) => id === trackId)?.pattern?.number;
  return tracks.filter(({ pattern }) => own === undefined || pattern?.number === own);
}

/** The tracks that are heard in a region, with the programs that they have there. */
export function tracksIn<Track extends TrackOfFile>(tracks: readonly Track[], region: Region): Track[] {
  return tracksWith(tracks, region.trackId).map((track) => ({ ...track, program: programIn(track, region) }));
}

/** The program that holds for most of a region, the earlier of two that hold as long. */
function programIn(
  { program: first, programChanges = [] }: TrackOfFile,
  { startTick, endTick }: Region,
): number {
  const before = programChanges.findLast(({ tick }) => tick <= startTick);
  const inside = programChanges.filter(({ tick }) => tick > startTick && tick < endTick);
  const parts = [{ tick: startTick, program: before?.program ?? first }, ...inside];
  let [longest, longestTicks] = [before?.program ?? first, 0];
  for (const [index, { tick, program }] of parts.entries()) {
    const ticks = (parts[index + 1]?.tick ?? endTick) - tick;
    if (ticks > longestTicks) [longest, longestTicks] = [program, ticks];
  }
  return longest;
}
