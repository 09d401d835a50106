/**
 * What several tools take.
 */
import * as z from "zod";
import type { RegionChoice, TrackChoice } from "../engine/requests.ts";
import { parseBarList, parseRangeList } from "../music/span.ts";

const path = z.string().min(1).max(4096);

export const fileArgument = path.describe(
  "a Standard MIDI File in an allowed folder, as list_files names it",
);
export const songArgument = z
  .int()
  .min(1)
  .optional()
  .describe("which song, from 1, of a file that holds several, as the warnings of list_tracks say");
export const outputArgument = path.describe(
  "where the result goes; candidates after the first are OUT.2.mid, OUT.3.mid, ...",
);
export const filesArgument = z.array(path).min(1).max(64);
export const trackArgument = z
  .union([z.int().min(1), z.string().min(1)])
  .describe("number (from 1) or name, as list_tracks says; several as 1,3 where the tool fills");
export const barsArgument = z
  .union([z.int().min(1), z.string().min(1)])
  .describe(
    'which bars, from 1: 5, "5-8", "5-" (to the end), "last", or several, "5-8,12-14"; with beats "5.1-8.3", to the end of beat 3 of bar 8',
  );

export function trackOf(name: number | string): TrackChoice {
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

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** What is there of some fields. */
export function known<T extends object>(fields: T): Known<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
}
