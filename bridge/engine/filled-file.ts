/**
 * The result of filling a file: the core's result and the written files, as one value.
 */
import { z } from "zod";
import { ROLES } from "../music/parts.ts";
import { candidateSchema, type FillResult, fillResultSchema, warningSchema } from "../protocol/fill.ts";
import { answerNoteSchema, type FillNote } from "../protocol/song.ts";

/** Of a track, from 1; the core has it as the id that tracks of songs have. */
const number = z.coerce.number().pipe(z.int().positive());

const partNoteSchema = answerNoteSchema.extend({
  /** From 1; only where a fill has several tracks or regions. */
  track: number.optional(),
});
export type PartNote = z.infer<typeof partNoteSchema>;

/** What a piano roll shows around a fill. */
const viewSchema = z.object({
  startTick: z.int(),
  endTick: z.int(),
  /** Bar lines in view: number from 1, and where it starts. */
  bars: z.array(z.object({ bar: z.int().positive(), startTick: z.int() })),
  trackName: z.string(),
  isDrums: z.boolean(),
  /** Notes of the filled track that stay. */
  context: z.array(answerNoteSchema),
  /** Pitched notes of the other tracks. */
  others: z.array(answerNoteSchema),
});
export type FillView = z.infer<typeof viewSchema>;

const addedPartSchema = z.strictObject({
  /** From 1. */
  track: number,
  role: z.enum(ROLES).nullable().describe("its part in the band; null if unknown"),
  program: z.int().min(0).max(127),
  name: z.string(),
  channel: z.int().min(0).max(15),
});

export const writtenRegionSchema = z.object({
  /** One a candidate. */
  files: z.array(z.string()),
  /** Of reading the file. */
  warnings: z.array(warningSchema),
  /** What became of files that were there. */
  replaced: z.array(warningSchema),
  /** One a region, in their order. */
  views: z.array(viewSchema).min(1),
  /** The numbers that the regions' tracks have in the files. */
  tracks: z.array(number),
  /** Where the original of an in-place fill was kept. */
  backup: z.string().nullable(),
  /** Tracks that came into the file. */
  added: z.array(addedPartSchema).optional(),
});
export type WrittenRegion = z.infer<typeof writtenRegionSchema>;

export const fileRegionSchema = z.strictObject({
  track: z.int().positive(),
  startTick: z.int().nonnegative(),
  endTick: z.int().nonnegative().describe("exclusive"),
});

const filledRegionSchema = fileRegionSchema.extend({
  role: z
    .enum(ROLES)
    .optional()
    .describe("what a track without notes around the region was taken for, by its name and instrument"),
});

/** What fill --json, vary, continue and add print. */
export const fillAnswerSchema = z.strictObject({
  ...fillResultSchema.shape,
  /** The first, where there are several. */
  region: filledRegionSchema,
  /** All of them, where there are several. */
  regions: z.array(filledRegionSchema).optional(),
  removed: z.array(partNoteSchema),
  candidates: z.array(
    z.strictObject({ ...candidateSchema.shape, notes: z.array(partNoteSchema), file: z.string() }),
  ),
  /** Of add: the new track; several in `parts`. */
  part: addedPartSchema.optional(),
  parts: z.array(addedPartSchema).optional(),
});
export type FillAnswer = z.infer<typeof fillAnswerSchema>;

export interface FilledFile {
  answer: FillAnswer;
  /** One a region, in their order. */
  views: FillView[];
  /** Where the original of an in-place fill was kept. */
  backup: string | null;
}

/** @param result  its tracks have the numbers that they had when it was asked for; new ones may have others in the file */
export function filledFile(result: FillResult, written: WrittenRegion): FilledFile {
  const { regions, ...rest } = result;
  const asked = regions ?? [result.region];
  const numbers = new Map(asked.map(({ trackId }, index) => [trackId, written.tracks[index]]));
  const trackOf = (id: string) => numbers.get(id) ?? Number(id);
  const inFile = ({ trackId, startTick, endTick, role }: FillResult["region"]) => ({
    track: trackOf(trackId),
    startTick,
    endTick,
    // Of a part that was added, `part` says it.
    ...(role === undefined || written.added !== undefined ? {} : { role }),
  });
  const ofPart = ({ trackId, ...note }: FillNote): PartNote =>
    trackId === undefined ? note : { ...note, track: trackOf(trackId) };
  const answer = {
    ...rest,
    region: inFile(result.region),
    ...(regions === undefined ? {} : { regions: regions.map(inFile) }),
    removed: result.removed.map(ofPart),
    candidates: result.candidates.map((candidate, index) => ({
      ...candidate,
      notes: candidate.notes.map(ofPart),
      file: written.files[index] ?? "",
    })),
    ...partsOf(written),
    warnings: [...written.warnings, ...result.warnings, ...written.replaced],
  };
  return { answer, views: written.views, backup: written.backup };
}

function partsOf({ added = [] }: WrittenRegion): Pick<FillAnswer, "part" | "parts"> {
  const [part] = added;
  if (part === undefined) return {};
  return added.length === 1 ? { part } : { parts: added };
}
