/**
 * Arguments that several tools share. */
import * as z from "zod";
import type { RegionChoice, TrackChoice } from "../engine/file-region.ts";
import { parsePitchList } from "../music/pitch.ts";
import { parseBarList, parseRangeList, parseTickList, type TickSpan } from "../music/span.ts";

const path = z.string().min(1).max(4096);

export const fileArgument = path.describe(
  "a Standard MIDI File in an allowed folder, as list_files names it",
);
export const songArgument = z
  .int()
  .min(1)
  .optional()
  .describe("which song, from 1, if the file holds several, as the warnings of list_tracks say");
export const outputArgument = path.describe(
  "the file to write; candidates after the first are OUT.2.mid, OUT.3.mid, ...",
);
export const filesArgument = z.array(path).min(1).max(64);
export const trackArgument = z
  .union([z.int().min(1), z.string().min(1)])
  .describe("number (from 1) or name of one track, as list_tracks says");
export const tracksArgument = z
  .union([z.int().min(1), z.string().min(1), z.array(z.union([z.int().min(1), z.string().min(1)])).min(1)])
  .describe('number (from 1) or name of a track, as list_tracks says; several as "1,3" or [1, 3]');
export const barsArgument = z
  .union([z.int().min(1), z.string().min(1)])
  .describe(
    'which bars, from 1: 5, "5-8", "5-" (to the end), "last", or several, "5-8,12-14"; with beats "5.1-8.3", to the end of beat 3 of bar 8',
  );

/** One note name, pitch or range, or several. */
const listOf = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).min(1)]);
export const lockArgument = listOf(z.union([z.int().min(0).max(127), z.string().min(1)])).describe(
  'old notes that stay, by pitch: "60,64", "C4,E4" or [60, 64]; C4 is 60, and a name without octave means all octaves',
);
export const lockTicksArgument = listOf(z.string().min(1)).describe(
  'old notes that stay, by where they start: "1920-3840" as startTick of read_notes counts, the end left out; or several',
);

/** @throws BridgeError PITCH_INVALID, PITCH_OUT_OF_RANGE */
export function lockedPitches(lock: z.output<typeof lockArgument>): number[] {
  return parsePitchList([lock].flat().join(","));
}

/** @throws BridgeError TICKS_INVALID, REGION_INVERTED, REGION_EMPTY */
export function lockedTicks(ranges: z.output<typeof lockTicksArgument>): TickSpan[] {
  return parseTickList([ranges].flat().join(","));
}

export function trackOf(name: z.output<typeof tracksArgument>): TrackChoice {
  if (Array.isArray(name)) return { several: name.map(trackOf) };
  if (typeof name === "number") return { number: name };
  return /^\s*\d+\s*$/.test(name) ? { number: Number(name) } : { name };
}

/** @throws BridgeError BARS_INVALID, RANGE_INVALID, REGION_INVERTED */
export function regionOf(bars: number | string): RegionChoice {
  const text = String(bars);
  const spans = /\d\.\d/.test(text) ? parseRangeList(text) : parseBarList(text);
  const [first] = spans;
  return spans.length === 1 && first !== undefined ? first : { several: spans };
}
