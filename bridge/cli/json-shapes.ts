/**
 * The JSON value that each command prints with --json. Scripts rely on its shape (docs/json.md), so fields are added
 * and never taken away, renamed or given another meaning.
 */
import * as z from "zod";
import {
  buildAnswerSchema,
  exportAnswerSchema as datasetExportSchema,
  datasetInfoSchema,
  verifyAnswerSchema,
} from "../engine/dataset-schemas.ts";
import { fillAnswerSchema } from "../engine/filled-file.ts";
import { knownModelSchema } from "../engine/models.ts";
import {
  decodeAnswerSchema,
  eventsDocumentSchema,
  exportAnswerSchema,
  generateAnswerSchema,
  howlDocumentSchema,
  infoAnswerSchema,
  modelInfoSchema,
} from "../engine/schemas.ts";
import { evalReportSchema, trainAnswerSchema } from "../engine/train-schemas.ts";
import { instanceSchema } from "../instance/lock.ts";
import { warningSchema } from "../protocol/fill.ts";
import { statusSchema } from "../protocol/methods.ts";
import { doctorReportSchema } from "./doctor-report.ts";

/** By the words of the command. */
export const JSON_SHAPES: Readonly<Record<string, z.ZodType>> = {
  info: infoAnswerSchema,
  fill: fillAnswerSchema,
  add: fillAnswerSchema,
  continue: fillAnswerSchema,
  vary: fillAnswerSchema,
  humanize: fillAnswerSchema,
  generate: generateAnswerSchema,
  notes: z.union([eventsDocumentSchema, howlDocumentSchema, decodeAnswerSchema]),
  "models list": z.array(
    z.strictObject({ ...knownModelSchema.shape, problem: z.string().nullable().describe("a code") }),
  ),
  "models info": z.strictObject({
    id: z.string(),
    folder: z.string(),
    ...modelInfoSchema.shape,
    licence: z.string().nullable(),
    source: z.string().nullable(),
  }),
  "models export": exportAnswerSchema,
  "models import": z.strictObject({
    ...knownModelSchema.shape,
    gained: z.string().nullable().describe("null where nothing says so"),
    warnings: z.array(warningSchema),
  }),
  "models remove": z.strictObject({ removed: z.string(), folder: z.string() }),
  "dataset build": buildAnswerSchema,
  "dataset info": datasetInfoSchema,
  "dataset verify": verifyAnswerSchema,
  "dataset export": datasetExportSchema,
  train: trainAnswerSchema
    .nullable()
    .describe("null where nothing was trained on while a folder was watched"),
  eval: evalReportSchema,
  open: z.strictObject({ url: z.string(), rollId: z.string().nullable(), isOpened: z.boolean() }),
  serve: instanceSchema,
  status: z.strictObject({ ...instanceSchema.shape, ...statusSchema.shape }),
  replay: z.strictObject({
    jobId: z.string(),
    file: z.string(),
    seed: z.int(),
    candidate: z.int().positive().describe("from 1"),
    candidates: z.int(),
    isSame: z.boolean(),
    differences: z.array(z.string()),
  }),
  doctor: doctorReportSchema,
};
