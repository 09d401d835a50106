/**
 * The state of a fill, and the error if it failed.
 */
import * as z from "zod";
import { fillResultSchema } from "./fill.ts";
import { LIMITS } from "./limits.ts";
import { fillNoteSchema } from "./song.ts";

const count = z.int().min(0);

export const jobIdSchema = z.string().min(1).max(64);

export const errorSchema = z
  .object({
    code: z.string().describe("stable; docs/errors.md lists them"),
    message: z.string().describe("what, where, what to do"),
    data: z.record(z.string(), z.unknown()),
    retryable: z.boolean(),
  })
  .meta({ id: "ErrorEntry", description: "An error." });
export type ErrorEntry = z.infer<typeof errorSchema>;

export const jobStateSchema = z
  .enum(["queued", "running", "done", "failed", "cancelled"])
  .meta({ id: "JobState" });
export type JobState = z.infer<typeof jobStateSchema>;

export const isJournaledSchema = z
  .boolean()
  .optional()
  .describe("false if the journal cannot be written now: a daemon that is killed will not know of this");

export const jobSchema = z
  .object({
    jobId: jobIdSchema,
    state: jobStateSchema,
    revision: z.string().max(LIMITS.textCharacters).nullable(),
    queuePosition: count.describe("jobs before it; 0 once it runs"),
    fraction: z.number().min(0).max(1),
    noteCount: count,
    notes: z.array(fillNoteSchema).describe("notes of the first candidate so far"),
    finished: count.describe("candidates that are complete"),
    result: fillResultSchema.nullable(),
    error: errorSchema.nullable(),
    isJournaled: isJournaledSchema,
  })
  .meta({ id: "Job", description: "The state of a fill." });
export type JobEntry = z.infer<typeof jobSchema>;

/** Keeps what `fill/run` gives apart from the result of a job, which is in its job already. */
export const fillRunResultSchema = fillResultSchema
  .extend({ jobId: jobIdSchema.describe("what fill/accept and fill/reject take") })
  .meta({ id: "FillRunResult", description: "The result of a fill that the client waited for." });
export type FillRunResult = z.infer<typeof fillRunResultSchema>;
