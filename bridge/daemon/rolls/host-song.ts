/**
 * A song that was sent without a file, in the form of a roll.
 */
import type { WholeSong } from "../../engine/song-file.ts";
import { Bars } from "../../music/bars.ts";
import type { Tick } from "../../music/time.ts";
import type { Song } from "../../protocol/song.ts";
import { inOrder } from "./notes.ts";

const DRUM_CHANNEL = 9;

/** Maps from tick 0, in order; of several changes at one tick the last holds, of meters those that start bars. */
export function wholeSong({ ppq, tempoMap, timeSignatures, tracks }: Song): WholeSong {
  const whole = tracks.map(({ isDrums = false, ...track }) => ({
    ...track,
    isDrums,
    channel: track.notes[0]?.channel ?? (isDrums ? DRUM_CHANNEL : 0),
    notes: inOrder([...track.notes]),
  }));
  const ends = whole.map(({ notes }) =>
    notes.reduce((end, { startTick, durationTicks }) => Math.max(end, startTick + durationTicks), 0),
  );
  return {
    ppq,
    durationTicks: ends.reduce((last, end) => Math.max(last, end), 0),
    tempoMap: fromZero(tempoMap, { tick: 0, qpm: 120 }),
    timeSignatures: new Bars(fromZero(timeSignatures, { tick: 0, numerator: 4, denominator: 4 }), ppq)
      .timeSignatures,
    tracks: whole,
    warnings: [],
  };
}

function fromZero<Change extends { tick: Tick }>(changes: readonly Change[], first: Change): Change[] {
  const byTick = new Map([first, ...changes].map((change) => [change.tick, change]));
  return [...byTick.values()].sort((a, b) => a.tick - b.tick);
}
