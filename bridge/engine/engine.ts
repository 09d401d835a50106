/**
 * The core as typed calls: the only importer of the addon. Every answer is checked before it is believed,
 * every native error arrives as a BridgeError with the same code.
 */
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { type Addon, loadAddon } from "./addon.ts";
import { type ChosenModel, chooseModel } from "./models.ts";
import type { EngineChoice, FillRequest } from "./requests.ts";
import { findRuntimeLibrary } from "./runtime-library.ts";
import {
  type DecodeAnswer,
  decodeAnswerSchema,
  type ExportAnswer,
  exportAnswerSchema,
  type FillWithView,
  fillWithViewSchema,
  type InfoAnswer,
  infoAnswerSchema,
  type ModelInfo,
  modelInfoSchema,
  type NotesAnswer,
  notesAnswerSchema,
  type ProbeAnswer,
  type Progress,
  probeAnswerSchema,
  progressSchema,
} from "./schemas.ts";
import { writeTestDocument } from "./test-song.ts";

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** @throws BridgeError INPUT_*, MIDI_* */
export function readInfo(input: string, strict = false): Promise<InfoAnswer> {
  return ask((addon) => addon.info(JSON.stringify({ input, strict })), infoAnswerSchema);
}

/**
 * Fill a region of a file and write the files. Nothing is written if it fails or is cancelled.
 * @throws BridgeError CANCELLED when the signal aborts; INPUT_*, MIDI_*, TRACK_*, REGION_*, MODEL_*, OUTPUT_*,
 *   and the codes of the options
 */
export async function fillFile(request: FillRequest, options: RunOptions = {}): Promise<FillWithView> {
  const { addon } = loadAddon();
  const handle = new addon.CancelHandle();
  const cancel = () => handle.cancel();
  options.signal?.addEventListener("abort", cancel, { once: true });
  if (options.signal?.aborted) cancel();
  const onProgress = (text: string) => options.onProgress?.(progressSchema.parse(JSON.parse(text)));
  const payload = JSON.stringify({ ...request, engine: engineChoice(request.engine) });
  try {
    return await ask(() => addon.fill(payload, handle, onProgress), fillWithViewSchema);
  } finally {
    options.signal?.removeEventListener("abort", cancel);
  }
}

/** The engine as the addon names it: a folder of weights and the library that runs them. */
function engineChoice({ model, ...choice }: EngineChoice) {
  return { ...choice, model: chooseModel(model), runtimeLibrary: findRuntimeLibrary().path };
}

/** @throws BridgeError INPUT_*, MIDI_*, SONG_TOO_LONG */
export function readNotes(input: string, strict = false): Promise<NotesAnswer> {
  return ask((addon) => addon.notes(JSON.stringify({ input, strict })), notesAnswerSchema);
}

/** @throws BridgeError INPUT_*, NOTES_INVALID, OUTPUT_* */
export function writeNotes(input: string, output: string): Promise<DecodeAnswer> {
  return ask((addon) => addon.decodeNotes(JSON.stringify({ input, output })), decodeAnswerSchema);
}

/** Write the doctor's song into a folder. @returns its path */
export async function writeTestSong(folder: string): Promise<string> {
  const { file } = await writeNotes(await writeTestDocument(folder), join(folder, "song.mid"));
  return file;
}

/** @throws BridgeError MODEL_NOT_FOUND, MODEL_DAMAGED, VOCAB_MISMATCH */
export function readModelInfo(model: ChosenModel): Promise<ModelInfo> {
  return ask((addon) => addon.modelInfo(JSON.stringify({ folder: model.folder })), modelInfoSchema);
}

/** @throws BridgeError as readModelInfo, and OUTPUT_* */
export function exportModel(model: ChosenModel, output: string): Promise<ExportAnswer> {
  return ask(
    (addon) => addon.exportModel(JSON.stringify({ folder: model.folder, output })),
    exportAnswerSchema,
  );
}

/** @throws BridgeError as readModelInfo, and RUNTIME_NOT_FOUND, DEVICE_UNAVAILABLE */
export function probeDevices(model: ChosenModel, runtimeLibrary: string): Promise<ProbeAnswer> {
  return ask(
    (addon) => addon.probe(JSON.stringify({ folder: model.folder, runtimeLibrary })),
    probeAnswerSchema,
  );
}

/** Call the addon, check the shape of its answer, give its errors their type. */
export async function ask<Answer>(
  call: (addon: Addon) => Promise<string>,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const { addon } = loadAddon();
  let text: string;
  try {
    text = await call(addon);
  } catch (cause) {
    throw toBridgeError(cause);
  }
  const answer = schema.safeParse(JSON.parse(text));
  if (answer.success) return answer.data;
  throw new BridgeError(
    "INTERNAL_ANSWER",
    `the addon's answer has a shape of another version (${z.prettifyError(answer.error)}); run npm run build`,
    { cause: answer.error },
  );
}

const nativeErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  data: z.string(),
  retryable: z.boolean(),
});

function toBridgeError(cause: unknown): BridgeError {
  const error = nativeErrorSchema.safeParse(
    cause instanceof Error ? { ...cause, message: cause.message } : cause,
  );
  if (!error.success) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new BridgeError("INTERNAL_ADDON", `the addon failed: ${message}; please report it`, { cause });
  }
  const { code, message, retryable } = error.data;
  const data = z.record(z.string(), z.unknown()).parse(JSON.parse(error.data.data));
  return new BridgeError(code, message, { data, retryable, cause });
}
