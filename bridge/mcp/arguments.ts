/**
 * What the tools take, and the request that it makes.
 */
import * as z from "zod";
import type { FillRequest, Mode, RegionChoice, TrackChoice } from "../engine/requests.ts";
import { parsePitchRange } from "../music/pitch.ts";
import { parseBars, parseRange } from "../music/span.ts";
import type { AllowedFolders } from "./allowed-folders.ts";

const track = z
  .union([z.int().min(1), z.string().min(1)])
  .describe("number (from 1) or name, as list_tracks says");
const file = z.string().min(1).max(4096);

export const fileArguments = { file: file.describe("a Standard MIDI File in an allowed folder") };

export const regionArguments = {
  ...fileArguments,
  track,
  bars: z
    .string()
    .describe('which bars, from 1: "5-8" or "5"; with beats "5.1-8.3", to the end of beat 3 of bar 8'),
};

const drawing = {
  output: file.describe("where the result goes; candidates after the first are OUT.2.mid, OUT.3.mid, ..."),
  candidates: z.int().min(1).max(64).optional().describe("how many different results; 1 where left out"),
  seed: z.int().min(0).optional().describe("repeats a fill"),
  temperature: z.number().optional().describe("0.05 (safe) to 5 (wild); 0.9 where left out"),
  density: z.int().optional().describe("wish: 1 (sparse) to 10 (dense)"),
  velocity: z.int().optional().describe("wish: mean velocity, 1-127"),
  novelty: z.number().optional().describe("0 repeats as real music does, 1 copies nothing"),
  polyphony: z.int().optional().describe("most notes at once, 1-64"),
  pitchRange: z.string().optional().describe('such as "C3-C6"; C4 is 60'),
  scale: z.string().optional().describe('such as "D dorian", or "auto" for that of the surroundings'),
  rhythm: z.enum(["free", "keep", "keepOnsets"]).optional().describe("of the old notes"),
  model: z.string().optional().describe("an id; the default model where left out"),
};

export const fillArguments = { ...regionArguments, ...drawing };
export const varyArguments = {
  ...fillArguments,
  amount: z.number().describe("0 keeps all old notes, 1 none"),
};
export const continueArguments = {
  ...fileArguments,
  track,
  bars: z.int().min(1).max(1024).describe("how many bars, from the bar line after the track's last note"),
  ...drawing,
};
export const evaluateArguments = {
  ...regionArguments,
  candidates: z
    .array(file)
    .min(1)
    .max(64)
    .describe("files that fill, vary or an editor made of the first one"),
};

export function trackOf(name: number | string): TrackChoice {
  return typeof name === "number" ? { number: name } : { name };
}

/** @throws BridgeError BARS_INVALID, RANGE_INVALID */
export function regionOf(bars: string): RegionChoice {
  return bars.includes(".") ? parseRange(bars) : parseBars(bars);
}

type Drawing = z.infer<z.ZodObject<typeof drawing>> & { file: string; track: number | string };

/** @throws BridgeError FILE_FORBIDDEN, PITCH_* */
export function requestOf(
  { file: input, track: name, output, ...wishes }: Drawing,
  { mode, region, folders }: { mode: Mode; region: RegionChoice; folders: AllowedFolders },
): FillRequest {
  const { candidates, seed, temperature, pitchRange, model, ...controls } = wishes;
  const first = folders.output(output);
  // Each file is looked at: a link may stand where a candidate goes.
  for (let index = 2; index <= (candidates ?? 1); index++) {
    folders.output(first.replace(/(\.[^.]*)$/, `.${index}$1`));
  }
  const { density, velocity, novelty, polyphony, scale, rhythm } = controls;
  return {
    input: folders.input(input),
    output: first,
    track: trackOf(name),
    region,
    mode,
    controls: known({
      ...{ density, velocity, novelty, polyphony, scale, rhythm },
      pitchRange: pitchRange === undefined ? undefined : parsePitchRange(pitchRange),
    }),
    sampling: {
      seed: seed ?? Math.floor(Math.random() * 2 ** 32),
      ...known({ candidates, temperature }),
    },
    locks: {},
    cutCrossing: false,
    engine: { device: "auto", ...known({ model }) },
  };
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function known<T extends object>(fields: T): Known<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
}
