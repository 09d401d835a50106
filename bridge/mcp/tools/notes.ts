/**
 * The notes of some bars, as a musician counts them.
 */
import * as z from "zod";
import { defined } from "../../defined.ts";
import { readRegion } from "../../engine/fill.ts";
import { readSong } from "../../engine/song-file.ts";
import { Bars } from "../../music/bars.ts";
import { pitchName } from "../../music/pitch.ts";
import { quartersFromTicks } from "../../music/time.ts";
import { warningSchema } from "../../protocol/fill.ts";
import type { Note } from "../../protocol/song.ts";
import { barsArgument, fileArgument, regionOf, songArgument, trackArgument, trackOf } from "../arguments.ts";
import { READS, tool } from "../tool.ts";

/** As many as an assistant can make use of; larger answers are cut. */
const MAX_NOTES = 2_000;
/** Of a file, which is read as a whole. */
const MOST_NOTES_IN_FILE = 1_000_000;

export const readNotesTool = tool({
  name: "read_notes",
  description: "The notes of one track in some bars: bar, beat, pitch, length, loudness.",
  annotations: READS,
  input: z.strictObject({
    file: fileArgument,
    song: songArgument,
    track: trackArgument,
    bars: barsArgument.default("1-").describe("which bars; all if omitted"),
  }),
  output: z.object({
    track: z.int().min(1),
    name: z.string(),
    isDrums: z.boolean(),
    ppq: z.int().describe("ticks a quarter note"),
    startTick: z.int(),
    endTick: z.int(),
    notes: z.array(
      z.object({
        bar: z.int().describe("from 1"),
        beat: z.number().describe("from 1, with its fraction"),
        pitch: z.int().describe("60 is C4"),
        name: z.string(),
        quarters: z.number().describe("how long it is"),
        velocity: z.int(),
        startTick: z.int(),
        durationTicks: z.int(),
      }),
    ),
    isAll: z.boolean().describe(`false where there are more than ${MAX_NOTES}; ask for fewer bars`),
    warnings: z.array(warningSchema),
  }),
  run: async ({ file, song: number, track, bars }, { folders }) => {
    const input = folders.input(file);
    // The core alone knows which track and which ticks are meant.
    const { region } = await readRegion({
      input,
      ...defined({ song: number }),
      track: trackOf(track),
      region: regionOf(bars),
    });
    const song = await readSong({
      input,
      shownAs: file,
      song: number,
      mostNotes: MOST_NOTES_IN_FILE,
    });
    const own = song.tracks.find(({ id }) => id === region.trackId);
    const { startTick, endTick } = region;
    const inside = (own?.notes ?? []).filter(
      (note) => note.startTick >= startTick && note.startTick < endTick,
    );
    const map = new Bars(song.timeSignatures, song.ppq);
    return {
      track: Number(region.trackId),
      name: own?.name ?? "",
      isDrums: own?.isDrums ?? false,
      ppq: song.ppq,
      startTick,
      endTick,
      notes: inside.slice(0, MAX_NOTES).map((note) => noteInBars(note, map, song.ppq)),
      isAll: inside.length <= MAX_NOTES,
      warnings: song.warnings,
    };
  },
});

function noteInBars({ startTick, durationTicks, pitch, velocity }: Note, bars: Bars, ppq: number) {
  const { bar, beat, tick } = bars.positionAtTick(startTick);
  const beatTicks = bars.beatTick(bar, beat + 1) - tick;
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return {
    bar: bar + 1,
    beat: rounded(beat + 1 + (startTick - tick) / Math.max(1, beatTicks)),
    pitch,
    name: pitchName(pitch),
    quarters: rounded(quartersFromTicks(durationTicks, ppq)),
    velocity,
    startTick,
    durationTicks,
  };
}
