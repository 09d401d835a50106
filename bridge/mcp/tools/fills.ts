/**
 * New notes in files: fill, vary, continue.
 */
import * as z from "zod";
import { fillFileAnywhere } from "../../client/fill-file.ts";
import { defined } from "../../defined.ts";
import type { RegionChoice, TrackChoice } from "../../engine/file-region.ts";
import type { FileFill } from "../../engine/fill.ts";
import {
  type FilledFile,
  type FillView,
  fileRegionSchema,
  fillAnswerSchema,
} from "../../engine/filled-file.ts";
import { parseParts, ROLES } from "../../music/parts.ts";
import { MODES } from "../../music/scales.ts";
import { type FillRequest, pitchRangeSchema } from "../../protocol/fill.ts";
import {
  barsArgument,
  fileArgument,
  lockArgument,
  lockedPitches,
  lockedTicks,
  lockTicksArgument,
  outputArgument,
  regionOf,
  songArgument,
  trackOf,
  tracksArgument,
} from "../arguments.ts";
import { withStagedOutput } from "../staging.ts";
import { type ToolContext, tool, WRITES } from "../tool.ts";

const drawing = {
  output: outputArgument,
  overwrite: z.boolean().optional().describe("replace existing files; refused if omitted"),
  candidates: z.int().min(1).max(64).optional().describe("how many different results; 1 if omitted"),
  seed: z.int().min(0).optional().describe("repeats a fill"),
  temperature: z.number().optional().describe("0.05 (safe) to 5 (wild); 0.5 if omitted"),
  topP: z
    .number()
    .optional()
    .describe("sample from the most likely choices with this total probability, up to 1"),
  density: z.int().optional().describe("target, not guaranteed: 1 (sparse) to 10 (dense)"),
  velocity: z.int().optional().describe("target, not guaranteed: mean velocity, 1-127"),
  novelty: z.number().optional().describe("0 repeats as much as real music, 1 copies nothing"),
  polyphony: z.int().optional().describe("maximum number of notes at once, 1-64"),
  pitchRange: pitchRangeSchema.optional().describe('such as "C3-C6" or [48, 84]; C4 is 60'),
  scale: z
    .string()
    .optional()
    .describe(
      `such as "D dorian" or "Bbm", or "auto" for that of the surroundings; modes: ${MODES.join(", ")}`,
    ),
  chords: z
    .string()
    .optional()
    .describe(
      'the chords: bars separated by |, from the first bar on, repeated to the end: "Am | F | C G | Em"',
    ),
  rhythm: z
    .enum(["free", "keep", "keepOnsets", "keep-onsets"])
    .optional()
    .describe("what to keep of the old notes: onsets and durations, or only onsets"),
  lock: lockArgument.optional(),
  lockTicks: lockTicksArgument.optional(),
  deadlineMs: z
    .int()
    .min(1)
    .max(600_000)
    .optional()
    .describe("return the best candidate that is finished by then"),
  model: z.string().optional().describe("an id of list_models; the default model if omitted"),
  song: songArgument,
  endHeldNotes: z
    .boolean()
    .optional()
    .describe("write missing note-offs of the track; a warning says where that helps"),
  isDrums: z.boolean().optional().describe("whether the track is drums, if list_tracks is wrong about it"),
};
const fileRegion = { file: fileArgument, track: tracksArgument, bars: barsArgument };

const placedRegion = fileRegionSchema.extend({
  bars: z.string().describe("those bars, in the format that the other tools accept"),
});

/** Files and measures; the notes are in the files, for read_notes. */
const output = z.object({
  ...fillAnswerSchema.omit({ removed: true, candidates: true, timings: true }).shape,
  region: placedRegion.describe("what was filled; the first region if there are several"),
  regions: z.array(placedRegion).optional().describe("all regions, if there are several"),
  removedNotes: z.int().min(0),
  candidates: z
    .array(
      z.object({
        ...fillAnswerSchema.shape.candidates.element.omit({ notes: true }).shape,
        noteCount: z.int().min(0),
      }),
    )
    .describe("best first"),
});

export const fillTool = tool({
  name: "fill",
  description:
    "Write new notes into bars of one track, or of several, that fit the surrounding music. Everything else stays as it is. Check the warnings.",
  annotations: WRITES,
  input: z.strictObject({ ...fileRegion, ...drawing }),
  output,
  run: (args, context) =>
    generate({ ...args, track: trackOf(args.track) }, "fill", regionOf(args.bars), context),
});

export const varyTool = tool({
  name: "vary",
  description:
    "Change some of the notes in bars of one track, or of several; the others stay, and so does everything outside the bars. Check the warnings.",
  annotations: WRITES,
  input: z.strictObject({
    ...fileRegion,
    ...drawing,
    amount: z
      .number()
      .describe("the share of notes to change: 0 keeps all, 0.3 changes three of ten, 1 changes all"),
  }),
  output,
  run: (args, context) =>
    generate({ ...args, track: trackOf(args.track) }, "vary", regionOf(args.bars), context),
});

const {
  output: outputFile,
  overwrite,
  candidates,
  seed,
  lock,
  lockTicks,
  song,
  endHeldNotes,
  isDrums,
} = drawing;

export const humanizeTool = tool({
  name: "humanize",
  description:
    "Play the notes of one track, or of several, with the timing and loudness of players: as in the bars around if those were played, else as players of such a part do. Pitches and the number of notes stay, and so does everything outside the bars. Check the warnings.",
  annotations: WRITES,
  input: z.strictObject({
    ...fileRegion,
    ...{ output: outputFile, overwrite, candidates, lock, lockTicks, song, endHeldNotes, isDrums },
    seed: seed.describe("repeats a result"),
    amount: z.number().optional().describe("0 changes nothing, 1 is as loose as players are; 0.5 if omitted"),
  }),
  output,
  run: ({ amount, ...args }, context) =>
    generate(
      { ...args, ...defined({ amount }), track: trackOf(args.track) },
      "humanize",
      regionOf(args.bars),
      context,
    ),
});

export const continueTool = tool({
  name: "continue",
  description:
    "Write bars that follow the last note of a track, or of several together. Existing notes stay as they are. Check the warnings.",
  annotations: WRITES,
  input: z.strictObject({
    file: fileArgument,
    track: tracksArgument,
    bars: z.int().min(1).max(1024).describe("how many bars, from the bar line after the track's last note"),
    ...drawing,
  }),
  output,
  run: (args, context) =>
    generate({ ...args, track: trackOf(args.track) }, "continue", { after: { bars: args.bars } }, context),
});

export const addTool = tool({
  name: "add_parts",
  description:
    "Write parts that the song does not have yet, such as a bass or drums, each as a new track that fits the existing tracks. Those stay as they are. Check the warnings.",
  annotations: WRITES,
  input: z.strictObject({
    file: fileArgument,
    parts: z
      .string()
      .min(1)
      .describe(
        `what to write: ${ROLES.join(", ")}, an instrument of General MIDI such as "nylon guitar", or its number from 0; several as "drums,bass"`,
      ),
    bars: barsArgument,
    ...drawing,
  }),
  output,
  run: ({ parts, ...args }, context) =>
    generate({ ...args, track: { new: parseParts(parts) } }, "fill", regionOf(args.bars), context),
});

type Mode = FillRequest["mode"];
type Arguments = z.output<z.ZodObject<typeof drawing>> & {
  file: string;
  track: TrackChoice;
  amount?: number;
};

async function generate(args: Arguments, mode: Mode, region: RegionChoice, context: ToolContext) {
  const { env, version, useDaemon, signal, onProgress } = context;
  const { folders } = context;
  const input = folders.input(args.file);
  const { output: name, overwrite = false, candidates: count = 1 } = args;
  const staged = { folders, name, input, count, overwrite };
  return withStagedOutput(staged, async (output) => {
    const request = requestOf({ ...args, file: input, output }, mode, region);
    return summary(await fillFileAnywhere(request, { env, version, useDaemon, signal, onProgress }));
  });
}

/** @throws BridgeError PITCH_*, TICKS_INVALID */
function requestOf(
  { file, song, track, isDrums, output, overwrite = false, lock, lockTicks, ...options }: Arguments,
  mode: Mode,
  region: RegionChoice,
): FileFill {
  const { candidates, seed, temperature, topP, deadlineMs, pitchRange, model } = options;
  const { density, velocity, novelty, polyphony, scale, chords, rhythm, amount } = options;
  return {
    file: {
      input: file,
      output,
      existing: overwrite ? "replace" : "refuse",
      ...defined({ song, isDrums, endHeldNotes: options.endHeldNotes }),
      track,
      region,
      locks: defined({
        pitches: lock === undefined ? undefined : lockedPitches(lock),
        tickRanges: lockTicks === undefined ? undefined : lockedTicks(lockTicks),
      }),
    },
    mode,
    controls: defined({
      ...{ density, velocity, novelty, polyphony, scale, chords, amount, pitchRange },
      rhythm: rhythm === "keep-onsets" ? ("keepOnsets" as const) : rhythm,
    }),
    sampling: {
      seed: seed ?? Math.floor(Math.random() * 2 ** 32),
      ...defined({ candidates, temperature, topP }),
    },
    ...defined({ deadlineMs }),
    engine: { device: "auto", ...defined({ model }) },
  };
}

function summary({ answer, views }: FilledFile): z.input<typeof output> {
  const { removed, candidates, timings: _, region, regions, ...rest } = answer;
  const [first] = views;
  return {
    ...rest,
    region: { ...region, bars: first === undefined ? "" : barsOf(region, first) },
    ...defined({
      regions: regions?.map((one, index) => {
        const view = views[index];
        return { ...one, bars: view === undefined ? "" : barsOf(one, view) };
      }),
    }),
    removedNotes: removed.length,
    candidates: candidates.map(({ notes, ...candidate }) => ({ ...candidate, noteCount: notes.length })),
  };
}

/** "5-8", also where only beats of the first and the last bar are meant. */
function barsOf({ startTick, endTick }: z.output<typeof fileRegionSchema>, { bars }: FillView): string {
  const first = bars.findLast((bar) => bar.startTick <= startTick)?.bar ?? 1;
  const last = bars.findLast((bar) => bar.startTick < endTick)?.bar ?? first;
  return first === last ? `${first}` : `${first}-${last}`;
}
