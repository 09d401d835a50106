/**
 * The core as typed calls: the only importer of the addon. Every answer is validated, every native
 * error arrives as a BridgeError with the same code.
 */
import { join } from "node:path";
import type { z } from "zod";
import { type Addon, loadAddon } from "./addon.ts";
import type { Existing } from "./file-region.ts";
import { type ChosenModel, chooseModel } from "./models.ts";
import { type CallOptions, callCancellable, checked } from "./native-call.ts";
import {
  type DecodeAnswer,
  decodeAnswerSchema,
  type ExportAnswer,
  exportAnswerSchema,
  type GenerateAnswer,
  generateAnswerSchema,
  generateProgressSchema,
  type InfoAnswer,
  infoAnswerSchema,
  type ModelInfo,
  modelInfoSchema,
  type NotesAnswer,
  notesAnswerSchema,
  type ProbeAnswer,
  probeAnswerSchema,
} from "./schemas.ts";
import { writeTestDocument } from "./test-song.ts";

/** @throws BridgeError INPUT_*, MIDI_* */
export function readInfo(input: string, reading: Reading & { chords?: boolean } = {}): Promise<InfoAnswer> {
  return ask((addon) => addon.info(JSON.stringify({ input, ...reading })), infoAnswerSchema);
}

/** How a file is read. */
export interface Reading {
  /** Refuse what is against the specification. */
  strict?: boolean;
  /** Which song, from 1, of a file that holds several. */
  song?: number;
}

interface NotesRequest extends Reading {
  input: string;
  encoding?: "events" | "howl";
  /** Howl: keep drums as pitches. */
  withDrums?: boolean;
  /** Howl: change the list as training does, by this seed. */
  augment?: number;
}

/** @throws BridgeError INPUT_*, MIDI_*, SONG_TOO_LONG */
export function readNotes(request: NotesRequest): Promise<NotesAnswer> {
  return ask((addon) => addon.notes(JSON.stringify(request)), notesAnswerSchema);
}

interface GenerateRequest {
  /** An id or a folder of a recurrent model. */
  model: string;
  output: string;
  existing?: Existing;
  /** First notes in semitones from C4. */
  from?: number[];
  fromMidi?: string;
  /** Which song of it, from 1, where it holds several. */
  song?: number;
  notes: number;
  seconds?: number;
  seed: number;
  temperature?: number;
  topP?: number;
  noise?: number;
  /** Delay, duration and volume are what the network predicts, as in Howl. */
  asPredicted?: boolean;
  /** Read if it is there, written at the end. */
  state?: string;
}

/**
 * A piece from a recurrent model, written as a file. Nothing is written if it fails or is cancelled.
 * @throws BridgeError CANCELLED, MODEL_*, STATE_*, INPUT_*, OUTPUT_*, and the codes of the options
 */
export function generatePiece(
  { model, ...request }: GenerateRequest,
  options: CallOptions<{ noteCount: number }> = {},
): Promise<GenerateAnswer> {
  const { addon } = loadAddon();
  const schemas = { answer: generateAnswerSchema, progress: generateProgressSchema };
  return callCancellable(addon, addon.generate, { ...request, model: chooseModel(model) }, schemas, options);
}

/** @throws BridgeError INPUT_*, NOTES_INVALID, OUTPUT_* */
export function writeNotes(request: {
  input: string;
  output: string;
  existing?: Existing;
}): Promise<DecodeAnswer> {
  return ask((addon) => addon.decodeNotes(JSON.stringify(request)), decodeAnswerSchema);
}

/** Write the doctor's song into a folder. @returns its path */
export async function writeTestSong(folder: string): Promise<string> {
  const input = await writeTestDocument(folder);
  return (await writeNotes({ input, output: join(folder, "song.mid") })).file;
}

/** @throws BridgeError MODEL_NOT_FOUND, MODEL_DAMAGED, VOCAB_MISMATCH */
export function readModelInfo(model: ChosenModel): Promise<ModelInfo> {
  return ask((addon) => addon.modelInfo(JSON.stringify({ folder: model.folder })), modelInfoSchema);
}

/** @throws BridgeError as readModelInfo, and OUTPUT_* */
export function exportModel(
  model: ChosenModel,
  output: string,
  existing: Existing = "keep",
): Promise<ExportAnswer> {
  return ask(
    (addon) => addon.exportModel(JSON.stringify({ folder: model.folder, output, existing })),
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

function ask<Answer>(call: (addon: Addon) => Promise<string>, schema: z.ZodType<Answer>): Promise<Answer> {
  // An addon that is not there rejects like everything else that goes wrong.
  return checked(new Promise((resolve) => resolve(call(loadAddon().addon))), schema);
}
