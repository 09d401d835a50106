/**
 * The entries of the journal, one a line.
 */
import { z } from "zod";
import { fillRequestSchema, fillResultSchema } from "../../protocol/fill.ts";
import { errorSchema } from "../../protocol/methods.ts";

const at = z.string().describe("wall-clock time, for display: clocks may go back");
const jobId = z.string();

export const entrySchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("daemon"), at, version: z.string() }),
  z.strictObject({ type: z.literal("request"), at, jobId, client: z.string(), request: fillRequestSchema }),
  z.strictObject({ type: z.literal("answer"), at, jobId, result: fillResultSchema }),
  z.strictObject({ type: z.literal("failure"), at, jobId, error: errorSchema }),
  /** The daemon ended before the job did. */
  z.strictObject({ type: z.literal("interrupted"), at, jobId }),
  z.strictObject({ type: z.literal("accept"), at, jobId, candidate: z.int() }),
  z.strictObject({ type: z.literal("reject"), at, jobId }),
]);
export type Entry = z.infer<typeof entrySchema>;
/** As it is written: the journal adds the time. */
export type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, "at"> : never) : never;

/** Kind and job of an entry, which are written first, without parsing the rest. */
export function headOf(json: string): { type?: string; jobId?: string } {
  const [, type, jobId] = /^\{"type":"([a-z]+)"(?:,"jobId":"([^"]{1,64})")?/.exec(json) ?? [];
  return { ...(type === undefined ? {} : { type }), ...(jobId === undefined ? {} : { jobId }) };
}
