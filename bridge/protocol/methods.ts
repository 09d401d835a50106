/**
 * Every method and notification: one table, from which the dispatcher, the client, the documentation and
 * the conformance tests are made.
 */
import * as z from "zod";
import { candidateSchema, fillRequestSchema } from "./fill.ts";
import { fillRunResultSchema, isJournaledSchema, jobIdSchema, jobSchema } from "./job.ts";
import { LIMITS } from "./limits.ts";
import { type Method, method } from "./method.ts";
import { ROLL_METHODS, ROLL_NOTIFICATIONS } from "./roll.ts";
import { songSchema } from "./song.ts";
import { TRAINING_METHODS, TRAINING_NOTIFICATIONS } from "./training.ts";

const text = z.string().max(LIMITS.textCharacters);
const count = z.int().min(0);
const jobId = jobIdSchema;

export {
  type ErrorEntry,
  errorSchema,
  type JobEntry,
  type JobState,
  jobSchema,
  jobStateSchema,
} from "./job.ts";

const modelSchema = z
  .object({
    id: z.string(),
    isDefault: z.boolean(),
    sha256: z.string(),
    licence: z.string(),
    source: z.string(),
  })
  .meta({ id: "Model", description: "A model that fills can use." });
export type ModelEntry = z.infer<typeof modelSchema>;

const writeProblemSchema = z
  .object({
    file: z.string().describe("in the user's folder"),
    reason: z.string(),
    sinceMs: z.number().describe("how long it has failed"),
  })
  .meta({
    id: "WriteProblem",
    description: "A file that cannot be written; it is tried again until it can.",
  });
export type WriteProblem = z.infer<typeof writeProblemSchema>;

export const statusSchema = z
  .object({
    version: z.string(),
    protocolVersion: count,
    pid: count,
    uptimeMs: z.number(),
    model: z.object({ id: z.string(), sha256: z.string(), device: z.string() }).nullable(),
    jobs: z.object({ queued: count, running: count, kept: count }),
    clients: count,
    memoryMib: z.number(),
    eventLoopDelayMs: z.object({ p50: z.number(), p99: z.number() }),
    writeProblems: z.array(writeProblemSchema).describe("empty if everything is on the disk"),
  })
  .meta({ id: "Status", description: "The daemon's state, and what it has loaded." });
export type Status = z.infer<typeof statusSchema>;

export const METHODS = {
  initialize: method(
    "Say who you are; the first message of a WebSocket or TCP connection.",
    z.strictObject({
      protocolVersion: z.int(),
      client: z.strictObject({ name: text, version: text.optional() }),
      token: z.string().max(256).optional().describe("if it cannot be sent in an Authorization header"),
    }),
    z.object({
      protocolVersion: count,
      server: z.object({ name: z.literal("continuo"), version: z.string() }),
      sessionId: z.string(),
      methods: z.array(z.string()),
      limits: z.record(z.string(), z.number()),
    }),
  ),
  "fill/start": method(
    "Begin a fill; progress comes as notifications, or is asked for by fill/get.",
    z.strictObject({
      request: fillRequestSchema,
      detached: z
        .boolean()
        .default(false)
        .describe("continue after this client disconnects; it, or another one, can fetch the result later"),
    }),
    jobSchema,
  ),
  "fill/run": method("Begin a fill and wait for its answer.", fillRequestSchema, fillRunResultSchema),
  "fill/order": method(
    "In which order to fill regions of several tracks one after another, so that each hears those that it follows: drums, bass, chords, melody and the rest.",
    songSchema,
    z.object({ trackIds: z.array(text).describe("all tracks of the song") }),
  ),
  "fill/get": method(
    "The state of a fill, and its result once it has finished.",
    z.strictObject({
      jobId,
      waitMs: z
        .int()
        .min(0)
        .max(LIMITS.waitMs)
        .default(0)
        .describe("answer only when it ends, or after this time"),
    }),
    jobSchema,
  ),
  "fill/cancel": method(
    "Stop a fill; one that has ended stays as it is.",
    z.strictObject({ jobId }),
    jobSchema,
  ),
  "fill/accept": method(
    "The musician keeps a candidate.",
    z.strictObject({ jobId, candidate: count.describe("its index in the result") }),
    z.object({ accepted: count, isJournaled: isJournaledSchema }),
  ),
  "fill/reject": method(
    "The musician keeps none of the candidates.",
    z.strictObject({ jobId }),
    z.object({ rejected: z.literal(true), isJournaled: isJournaledSchema }),
  ),
  "models/list": method(
    "The models that a fill can name.",
    z.strictObject({}),
    z.object({ models: z.array(modelSchema) }),
  ),
  status: method("How the daemon is.", z.strictObject({}), statusSchema),
  ...ROLL_METHODS,
  ...TRAINING_METHODS,
  shutdown: method("End the daemon: fills that run are cancelled.", z.strictObject({}), z.object({})),
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;
export type Params<Name extends MethodName> = z.infer<(typeof METHODS)[Name]["params"]>;
export type Result<Name extends MethodName> = z.infer<(typeof METHODS)[Name]["result"]>;

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

export const NOTIFICATIONS = {
  "fill/progress": {
    description: "A fill progressed. Some are skipped if the client reads slowly.",
    params: jobSchema.pick({ jobId: true, fraction: true, noteCount: true, notes: true, finished: true }),
  },
  "fill/candidate": {
    description: "A candidate is complete; the order of the result may differ.",
    params: z.object({ jobId, index: count, candidate: candidateSchema }),
  },
  "fill/end": { description: "A fill ended: done, failed or cancelled.", params: jobSchema },
  "status/writing": {
    description: "A file could not be written, or can be again; the page warns while there are any.",
    params: z.object({ problems: z.array(writeProblemSchema) }),
  },
  "models/changed": {
    description: "A model was added, removed or retrained.",
    params: z.object({ models: z.array(modelSchema) }),
  },
  ...ROLL_NOTIFICATIONS,
  ...TRAINING_NOTIFICATIONS,
} as const satisfies Record<string, { description: string; params: z.ZodType }>;

export type NotificationName = keyof typeof NOTIFICATIONS;
export type NotificationParams<Name extends NotificationName> = z.infer<
  (typeof NOTIFICATIONS)[Name]["params"]
>;
