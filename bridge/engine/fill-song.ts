/**
 * Fills of songs that hosts sent: the daemon's call into the core.
 */
import { z } from "zod";
import {
  type Candidate,
  candidateSchema,
  type FillRequest,
  type FillResult,
  fillResultSchema,
  warningSchema,
} from "../protocol/fill.ts";
import { type Note, noteSchema, type Song } from "../protocol/song.ts";
import { loadAddon } from "./addon.ts";
import type { ChosenModel } from "./models.ts";
import { callCancellable, checked, type RunOptions, requestText } from "./native-call.ts";
import type { Existing } from "./requests.ts";
import { findRuntimeLibrary } from "./runtime-library.ts";

export interface SongProgress {
  fraction: number;
  noteCount: number;
  /** Of the first candidate. */
  notes: Note[];
  /** Completed since the last progress. */
  finished: Candidate[];
}

const progressSchema: z.ZodType<SongProgress> = z.strictObject({
  fraction: z.number(),
  noteCount: z.int(),
  notes: z.array(noteSchema.required()),
  finished: z.array(candidateSchema),
});

export interface SongEngine {
  model: ChosenModel & { sha256?: string };
  device: string;
  threads?: number;
}

/** A request as the daemon runs it: with a seed. */
export type SeededRequest = FillRequest & { sampling: { seed: number } };

/** Vary without an amount changes about half of the notes. */
const DEFAULT_AMOUNT = 0.5;

/**
 * @throws BridgeError CANCELLED, REQUEST_INVALID, TRACK_NOT_FOUND, and those of options, sampler and model
 */
export function fillSong(
  request: SeededRequest,
  engine: SongEngine,
  options: RunOptions<SongProgress> = {},
): Promise<FillResult> {
  const { addon } = loadAddon();
  const { ppq, tempoMap, timeSignatures, tracks, region, mode, controls, sampling, lockedNotes } = request;
  const { amount, ...constraints } = controls;
  const payload = {
    song: { ppq, tempoMap, timeSignatures, tracks },
    region,
    mode: mode === "vary" ? { vary: { amount: amount ?? DEFAULT_AMOUNT } } : mode,
    controls: constraints,
    sampling: {
      ...sampling,
      ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
    },
    lockedNotes,
    engine: { ...engine, runtimeLibrary: findRuntimeLibrary().path },
  };
  return callCancellable(
    addon,
    addon.fillSong,
    payload,
    { answer: fillResultSchema, progress: progressSchema },
    options,
  );
}

const writtenSchema = z.strictObject({
  file: z.string(),
  noteCount: z.int(),
  /** What became of a file that was there. */
  warnings: z.array(warningSchema).optional(),
});

/**
 * Write a song as a MIDI file, whole or not at all.
 * @throws BridgeError REQUEST_INVALID, SONG_INVALID, OUTPUT_*
 */
export async function writeSong(
  { ppq, tempoMap, timeSignatures, tracks }: Song,
  output: string,
  existing: Existing = "replace",
): Promise<z.infer<typeof writtenSchema>> {
  const { addon } = loadAddon();
  const payload = { song: { ppq, tempoMap, timeSignatures, tracks }, output, existing };
  return checked(addon.writeSong(requestText(payload)), writtenSchema);
}
