/**
 * A fill request and its answer. The core checks ranges of numbers. Requests are strict, so that misspelt fields are
 * noticed; answers are not, so that a client understands a newer daemon that sends more.
 */
import * as z from "zod";
import { LIMITS } from "./limits.ts";
import { fillNoteSchema, fillRegionSchema, lockedNoteSchema, regionSchema, songSchema } from "./song.ts";

const count = z.int().min(0);
const text = z.string().max(LIMITS.textCharacters);

const modeSchema = z.enum(["fill", "continue", "vary", "humanize"]).meta({
  id: "Mode",
  description:
    "fill listens to both sides, continue only to what is before, vary keeps some of the notes; humanize keeps them all and changes when they start, how long and how loud they are.",
});

/** A limit that the schema tells and the core checks, with a code and a message of its own. */
const whole = (minimum: number, maximum: number, description: string) =>
  count.optional().meta({ minimum, maximum, description });
const real = (minimum: number, maximum: number, description: string) =>
  z.number().optional().meta({ minimum, maximum, description });

const pitch = z.int().min(0).max(127);
/** The one shape of requests, lines of a batch and tools of assistants. */
export const pitchRangeSchema = z.union([z.tuple([pitch, pitch]), z.string().max(LIMITS.textCharacters)]);

export const controlsSchema = z
  .strictObject({
    density: whole(1, 10, "target: 1 is sparse, 10 dense"),
    polyphony: whole(1, 64, "most notes at once"),
    pitchRange: pitchRangeSchema
      .optional()
      .describe('the lowest and the highest pitch, both included: [48, 84], or as people write it, "C3-C6"'),
    scale: text.optional().describe('a tonic and mode such as "D dorian", or "auto"'),
    chords: text
      .optional()
      .describe(
        'from the region\'s first bar on, bars separated by |, repeated to its end: "Am | F | C G | Em"; a bar of "auto" takes them from the music, as all do if omitted',
      ),
    rhythm: z.enum(["free", "keep", "keepOnsets"]).optional().describe("what to keep of the old notes"),
    velocity: whole(1, 127, "target: mean velocity"),
    novelty: real(0, 1, "0 repeats as much as real music, 1 copies nothing"),
    amount: real(
      0,
      1,
      "vary: 0 keeps all, 1 changes all; humanize: 0 changes nothing, 1 is as loose as players are; 0.5 if omitted",
    ),
  })
  .meta({ id: "Controls", description: "Constraints always hold, targets are aimed for; all are optional." });

const samplingSchema = z
  .strictObject({
    seed: z.int().min(0).optional().describe("random if omitted; always in the answer; at most 2^53 - 1"),
    temperature: real(0.05, 5, "low is safe, high is wild; 0.5 if omitted"),
    topP: real(1e-6, 1, "sample from the most likely choices with this total probability; 0.95 if omitted"),
    topK: whole(1, 1_000_000, "sample from this many of the most likely choices; from all if omitted"),
    minP: real(0, 0.999_999, "drop choices less likely than this share of the most likely; 0 if omitted"),
    candidates: z.int().min(1).max(LIMITS.candidates).optional().describe("1 if omitted"),
    contextNotes: whole(0, 512, "how many surrounding notes the model reads; 128 if omitted"),
  })
  .meta({ id: "Sampling", description: "How notes are sampled; all are optional." });

export const fillRequestSchema = songSchema
  .extend({
    region: fillRegionSchema,
    mode: modeSchema.default("fill"),
    controls: controlsSchema.default({}),
    sampling: samplingSchema.default({}),
    lockedNotes: z
      .array(lockedNoteSchema)
      .max(LIMITS.notes)
      .default([])
      .describe("old notes to keep: those of the region with this onset and pitch"),
    revision: text
      .optional()
      .describe("returned unchanged in the Job: write only if the region still has this revision"),
    model: text.optional().describe("an id of models/list; the default model if omitted"),
    deadlineMs: z.int().min(1).max(600_000).optional().describe("gives the best candidate finished by then"),
    order: z
      .enum(["preferred", "model"])
      .optional()
      .describe(
        "of candidates: the default also considers what was kept before, model keeps the model's own order",
      ),
  })
  .meta({ id: "FillRequest", description: "Everything that a fill needs." });

/** What a musician is asked to fill by hand. */
export const oneTrackRequestSchema = fillRequestSchema
  .extend({ region: regionSchema })
  .meta({ id: "OneTrackRequest", description: "A fill of one track." });

export const candidateSchema = z
  .object({
    seed: count.describe("identifies the candidate; the seed of the answer repeats all of them"),
    notes: z.array(fillNoteSchema),
    logProbPerNote: z
      .number()
      .describe("mean log-probability of a note by the model, in nats; closer to 0 is more likely"),
    copied: z
      .number()
      .describe("share of notes in sequences of 8 or more that also occur in the context, 0 to 1"),
    outOfScale: z.number().describe("share of notes outside the scale of the surroundings, 0 to 1"),
  })
  .meta({
    id: "Candidate",
    description: "Notes for the region, of all its tracks, inside it and without overlap on one pitch.",
  });

export const warningSchema = z
  .object({
    code: z.string(),
    message: z.string().describe("with the first position, if there are several"),
    count: z.int().positive().optional().describe("how often it occurred; once if omitted"),
  })
  .meta({ id: "Warning", description: "A problem that did not stop the fill; one for each code." });

export const fillResultSchema = z
  .object({
    model: z.object({ id: z.string(), sha256: z.string() }),
    device: z.string(),
    seed: count.describe("repeats the answer"),
    region: regionSchema.describe("the first, where trackIds are filled"),
    regions: z
      .array(regionSchema)
      .optional()
      .describe("one for each of trackIds, in the order in which they were filled"),
    removed: z.array(fillNoteSchema).describe("old notes that are removed"),
    candidates: z.array(candidateSchema).describe("best first"),
    warnings: z.array(warningSchema),
    timings: z.object({
      loadMs: z.number(),
      promptMs: z.number(),
      generateMs: z.number(),
      totalMs: z.number(),
    }),
  })
  .meta({ id: "FillResult", description: "The result of a fill." });

export type OneTrackRequest = z.infer<typeof oneTrackRequestSchema>;
export type FillRequest = z.infer<typeof fillRequestSchema>;
export type Candidate = z.infer<typeof candidateSchema>;
export type FillResult = z.infer<typeof fillResultSchema>;
