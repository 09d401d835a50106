/**
 * The report of continuo doctor.
 */
import * as z from "zod";
import { probeAnswerSchema } from "../engine/schemas.ts";

/** One thing that was looked at. */
const checkSchema = z.strictObject({
  name: z.string(),
  isOk: z.boolean(),
  /** Absent, or unusual, which does not count as a failure. */
  isNote: z.literal(true).optional(),
  /** What was found, or what is wrong and what to do. */
  detail: z.string(),
  code: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

export const doctorReportSchema = z.strictObject({
  isOk: z.boolean(),
  version: z.string(),
  platform: z.string(),
  node: z.string(),
  addon: z.string().nullable(),
  runtime: z.strictObject({ path: z.string(), version: z.string().nullable() }).nullable(),
  devices: probeAnswerSchema.shape.devices,
  model: z.strictObject({ id: z.string(), folder: z.string() }).nullable(),
  testFill: z.strictObject({ ms: z.number(), notes: z.int() }).nullable(),
  checks: z.array(checkSchema),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;
