/**
 * Datasets as typed calls.
 */
import { loadTrainAddon } from "./addon.ts";
import {
  type BuildAnswer,
  type BuildProgress,
  buildAnswerSchema,
  buildProgressSchema,
  type DatasetInfo,
  datasetInfoSchema,
  type ExportAnswer,
  exportAnswerSchema,
  type VerifyAnswer,
  verifyAnswerSchema,
} from "./dataset-schemas.ts";
import { type CallOptions, callCancellable, checked } from "./native-call.ts";

interface BuildRequest {
  /** Folders of MIDI files. */
  inputs: string[];
  /** Dataset folder. */
  output: string;
  seed?: number;
  /** Share of the clusters that is held out, 0 to below 1. */
  holdOut?: number;
  /** Of few clusters one in five is held out, until there are so many. */
  enough?: number;
  /** Leave out what an earlier build has of other folders. */
  replace?: boolean;
  licence?: string;
}

/**
 * Read folders into a dataset, or add them to an existing one.
 * @throws BridgeError HOLD_OUT_OUT_OF_RANGE, DATASET_EMPTY, DATASET_IO, DATASET_UNREADABLE, CANCELLED
 */
export function buildDataset(
  request: BuildRequest,
  options: CallOptions<BuildProgress> = {},
): Promise<BuildAnswer> {
  const { addon } = loadTrainAddon();
  const schemas = { answer: buildAnswerSchema, progress: buildProgressSchema };
  return callCancellable(addon, addon.buildDataset, request, schemas, options);
}

/** Counts and histograms. @throws BridgeError DATASET_* */
export function readDatasetInfo(data: string): Promise<DatasetInfo> {
  const { addon } = loadTrainAddon();
  return checked(addon.datasetInfo(JSON.stringify({ data })), datasetInfoSchema);
}

/** What is not as it was built; with `files` also the MIDI files. @throws BridgeError DATASET_* */
export function verifyDataset(data: string, files: boolean): Promise<VerifyAnswer> {
  const { addon } = loadTrainAddon();
  return checked(addon.verifyDataset(JSON.stringify({ data, files })), verifyAnswerSchema);
}

/** pieces.parquet and notes.parquet into a folder. @throws BridgeError DATASET_* */
export function exportDataset(data: string, output: string): Promise<ExportAnswer> {
  const { addon } = loadTrainAddon();
  return checked(addon.exportDataset(JSON.stringify({ data, output })), exportAnswerSchema);
}
