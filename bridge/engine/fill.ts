/**
 * Fills: of a file here, of a song that a host sent, and the two ends of a file's fill where a daemon does the middle.
 */
import { z } from "zod";
import { pitchRangeOf } from "../music/pitch.ts";
import {
  type Candidate,
  candidateSchema,
  type FillRequest,
  type FillResult,
  fillResultSchema,
} from "../protocol/fill.ts";
import {
  type FillNote,
  fillNoteSchema,
  fillRegionSchema,
  lockedNoteSchema,
  songSchema,
} from "../protocol/song.ts";
import { loadAddon } from "./addon.ts";
import type { FileRegion } from "./file-region.ts";
import { type FilledFile, filledFile, type WrittenRegion, writtenRegionSchema } from "./filled-file.ts";
import { type ChosenModel, chooseModel } from "./models.ts";
import { type CallOptions, callCancellable, checked, requestText } from "./native-call.ts";
import { findRuntimeLibrary } from "./runtime-library.ts";

/** What is drawn, and how: the same for a file as for a host's song. */
export type Drawing = Pick<FillRequest, "mode" | "controls" | "deadlineMs"> & {
  sampling: FillRequest["sampling"] & { seed: number };
};

export interface FileFill extends Drawing {
  file: FileRegion;
  engine: EngineChoice;
}

export interface EngineChoice {
  /** Id or folder; left out for the default. */
  model?: string;
  /** auto, or the name of a device. */
  device: string;
  threads?: number;
}

/** A request as the daemon runs it: with a seed. */
export type SeededRequest = FillRequest & Drawing;

export interface SongEngine {
  model: ChosenModel & { sha256?: string };
  device: string;
  threads?: number;
}

/** The progress of a fill. */
export interface Progress {
  fraction: number;
  noteCount: number;
}

export interface FillProgress extends Progress {
  /** Of the first candidate. */
  notes: FillNote[];
  /** Completed since the last progress. */
  finished: Candidate[];
}

const progressSchema: z.ZodType<FillProgress> = z.object({
  fraction: z.number(),
  noteCount: z.int(),
  notes: z.array(fillNoteSchema),
  finished: z.array(candidateSchema),
});

const reportSchema = z.object({ answer: fillResultSchema, written: writtenRegionSchema });

/**
 * Fill a region of a file and write the files. Nothing is written if it fails or is cancelled.
 * @throws BridgeError CANCELLED when the signal aborts; INPUT_*, MIDI_*, TRACK_*, REGION_*, MODEL_*, OUTPUT_*,
 *   and the codes of the options
 */
export async function fillFile(request: FileFill, options: CallOptions<Progress> = {}): Promise<FilledFile> {
  const { addon } = loadAddon();
  const drawing = drawingFor(request, engineOf(request));
  const payload = { file: request.file, drawing };
  const schemas = { answer: reportSchema, progress: progressSchema };
  const { answer, written } = await callCancellable(addon, addon.fill, payload, schemas, options);
  return filledFile(answer, written);
}

/**
 * Fill a region of a song: notes in, notes out.
 * @param engine  needed where `needsModel` says so
 * @throws BridgeError CANCELLED, REQUEST_INVALID, TRACK_NOT_FOUND, and those of options, sampler and model
 */
export function fillSong(
  request: SeededRequest,
  engine: SongEngine | undefined,
  options: CallOptions<FillProgress> = {},
): Promise<FillResult> {
  const { addon } = loadAddon();
  const { ppq, tempoMap, timeSignatures, tracks, region, lockedNotes } = request;
  const song = { ppq, tempoMap, timeSignatures, tracks };
  const payload = { song, region, lockedNotes, drawing: drawingFor(request, engine) };
  const schemas = { answer: fillResultSchema, progress: progressSchema };
  return callCancellable(addon, addon.fillSong, payload, schemas, options);
}

function engineOf({ mode, engine: { model, ...engine } }: FileFill): SongEngine | undefined {
  return needsModel(mode) ? { ...engine, model: chooseModel(model) } : undefined;
}

/** Stands where an answer names its model. */
export const HUMANIZE = "humanize";

/** Whether notes are drawn; else those that are there are played in another way, which needs no model. */
export function needsModel(mode: Drawing["mode"]): boolean {
  return mode !== HUMANIZE;
}

/** As the core reads it: pitches as numbers, the deadline with what else says how notes are drawn. */
function drawingFor({ mode, controls, sampling, deadlineMs }: Drawing, engine: SongEngine | undefined) {
  const { chords, pitchRange, ...others } = controls;
  return {
    mode,
    chords,
    controls: pitchRange === undefined ? others : { ...others, pitchRange: pitchRangeOf(pitchRange) },
    sampling: { ...sampling, deadlineMs },
    engine: engine === undefined ? undefined : { ...engine, runtimeLibrary: findRuntimeLibrary().path },
  };
}

const regionOfFileSchema = z.strictObject({
  /** Every track by its number, with the notes that can matter. */
  song: songSchema,
  region: fillRegionSchema,
  lockedNotes: z.array(lockedNoteSchema),
  /** The file must still have it when it is written. */
  fingerprint: z.string(),
});
export type RegionOfFile = z.infer<typeof regionOfFileSchema>;

/** A region of a file as a host would send it. @throws BridgeError INPUT_*, MIDI_*, TRACK_*, REGION_*, OUTPUT_* */
export function readRegion(file: FileRegion, candidates = 1): Promise<RegionOfFile> {
  return checked(loadAddon().addon.readRegion(requestText({ file, candidates })), regionOfFileSchema);
}

/** Its notes, into the file: one file a candidate, or none. @throws BridgeError INPUT_CHANGED, OUTPUT_* */
export function writeRegion(
  file: FileRegion,
  fingerprint: string,
  { removed, candidates }: Pick<FillResult, "removed" | "candidates">,
): Promise<WrittenRegion> {
  const notes = candidates.map((candidate) => candidate.notes);
  const request = requestText({ file, fingerprint, removed, candidates: notes });
  return checked(loadAddon().addon.writeRegion(request), writtenRegionSchema);
}
