/**
 * Whole songs: what a piano roll shows of a file, and a file with what was changed there.
 */
import { z } from "zod";
import type { Tick } from "../music/time.ts";
import { warningSchema } from "../protocol/fill.ts";
import { type BarChord, barChordSchema } from "../protocol/roll.ts";
import { answerNoteSchema, type Note, type Region, type Song } from "../protocol/song.ts";
import { loadAddon } from "./addon.ts";
import type { Existing } from "./file-region.ts";
import { checked, requestText } from "./native-call.ts";
import { infoAnswerSchema } from "./schemas.ts";

const wholeTrackSchema = z.strictObject({
  /** Its number, as `continuo info` has it. */
  id: z.string(),
  name: z.string(),
  channel: z.int().min(0).max(15),
  /** At the first note. */
  program: z.int().min(0).max(127),
  /** Those that follow. */
  programChanges: z
    .array(z.strictObject({ tick: z.int().nonnegative(), program: z.int().min(0).max(127) }))
    .optional(),
  isDrums: z.boolean(),
  /** Of format 2; tracks of one pattern have the same number. */
  pattern: z
    .strictObject({
      number: z.int().positive(),
      tempoMap: infoAnswerSchema.shape.tempoMap,
      timeSignatures: infoAnswerSchema.shape.timeSignatures,
    })
    .optional(),
  notes: z.array(answerNoteSchema),
});

export const wholeSongSchema = z.strictObject({
  ppq: z.int().positive(),
  durationTicks: z.int().nonnegative(),
  tempoMap: infoAnswerSchema.shape.tempoMap,
  timeSignatures: infoAnswerSchema.shape.timeSignatures,
  tracks: z.array(wholeTrackSchema),
  warnings: z.array(warningSchema),
});
export type WholeSong = z.infer<typeof wholeSongSchema>;

interface ReadSongRequest {
  input: string;
  /** What the musician calls the file, for errors that name it. */
  shownAs: string;
  /** Which song, from 1, of a file that holds several. */
  song?: number | undefined;
  mostNotes: number;
}

/** Every note of a file, at its own ticks. @throws BridgeError INPUT_*, MIDI_*, ROLL_TOO_LARGE */
export function readSong(request: ReadSongRequest): Promise<WholeSong> {
  return checked(loadAddon().addon.readSong(requestText(request)), wholeSongSchema);
}

const sentTracksSchema = z.strictObject({ areDrums: z.array(z.boolean()) });

/** A song that says of each track whether it is drums, as the core's rule has it where the sender did not say. */
export async function withDrums(song: Song): Promise<Song> {
  if (song.tracks.every(({ isDrums }) => isDrums !== undefined)) return song;
  const request = requestText({ tracks: song.tracks });
  const { areDrums } = await checked(loadAddon().addon.sentTracks(request), sentTracksSchema);
  const tracks = song.tracks.map((track, index) => ({ ...track, isDrums: areDrums[index] ?? false }));
  return { ...song, tracks };
}

const controlsSchema = z.strictObject({
  tracks: z.array(z.strictObject({ id: z.string(), events: z.array(z.int().nonnegative()) })),
  leftOut: z.int().nonnegative(),
});

interface ReadControlsRequest {
  input: string;
  /** Which song, from 1, of a file that holds several. */
  song?: number | undefined;
  /** Of all tracks together. */
  mostControls: number;
}

/**
 * Controllers, programs, pitch bend and pressure of each track: four numbers an event, by tick (tick, upper four bits
 * of the status, two data bytes).
 * @throws BridgeError INPUT_*, MIDI_*
 */
export function readControls(request: ReadControlsRequest): Promise<z.infer<typeof controlsSchema>> {
  return checked(loadAddon().addon.readControls(requestText(request)), controlsSchema);
}

const rewrittenSchema = z.strictObject({ file: z.string(), noteCount: z.int() });

interface RewriteSongRequest {
  input: string;
  output: string;
  /** What the musician calls the file, for errors that name it. */
  shownAs: string;
  /** Which song, from 1, of a file that holds several. */
  song?: number | undefined;
  /** Those that are not named stay byte for byte. */
  tracks: { track: number; notes: readonly Note[] }[];
  /** Tracks that the file does not have yet, in order. */
  newTracks: { name: string; channel: number; program: number; notes: readonly Note[] }[];
}

/**
 * Write a file with exactly these notes; every other event stays as it is.
 * @throws BridgeError INPUT_*, MIDI_*, TRACK_NOT_FOUND, REQUEST_INVALID, NOTE_*, OUTPUT_*
 */
export function rewriteSong(request: RewriteSongRequest): Promise<z.infer<typeof rewrittenSchema>> {
  return checked(loadAddon().addon.rewriteSong(requestText(request)), rewrittenSchema);
}

const scaleSchema = z.strictObject({ scale: z.string().nullable() });

/**
 * The scale that the notes around a region suggest; null for drums and where nothing sounds.
 * @throws BridgeError REQUEST_INVALID, TRACK_NOT_FOUND, REGION_*
 */
export async function scaleOf(
  { ppq, tempoMap, timeSignatures, tracks }: Song,
  region: Region,
): Promise<string | null> {
  const request = { song: { ppq, tempoMap, timeSignatures, tracks }, region };
  return (await checked(loadAddon().addon.scaleOf(requestText(request)), scaleSchema)).scale;
}

const chordsSchema = z.strictObject({ chords: z.array(barChordSchema) });

/** Written chords, and where they are laid out. */
export interface WrittenChords {
  text: string;
  startTick: Tick;
  endTick: Tick;
}

/**
 * The chords of a song's bars: those that its notes suggest, or written ones.
 * @throws BridgeError REQUEST_INVALID, CHORD_UNKNOWN
 */
export async function chordsOf(song: Song, written?: WrittenChords): Promise<BarChord[]> {
  const { ppq, tempoMap, timeSignatures, tracks } = song;
  const request = { song: { ppq, tempoMap, timeSignatures, tracks }, ...written };
  return (await checked(loadAddon().addon.chordsOfBars(requestText(request)), chordsSchema)).chords;
}

const orderSchema = z.strictObject({ trackIds: z.array(z.string()) });

/** Ids of a song's tracks in the order in which a band is written. @throws BridgeError REQUEST_INVALID */
export async function fillOrder(song: Song): Promise<string[]> {
  const { ppq, tempoMap, timeSignatures, tracks } = song;
  const request = { song: { ppq, tempoMap, timeSignatures, tracks } };
  return (await checked(loadAddon().addon.fillOrder(requestText(request)), orderSchema)).trackIds;
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
  const payload = { song: { ppq, tempoMap, timeSignatures, tracks }, output, existing };
  return checked(loadAddon().addon.writeSong(requestText(payload)), writtenSchema);
}
