/**
 * The files of a roll on disk: their shapes.
 */
import { z } from "zod";
import type { Note } from "../../protocol/song.ts";

/** As the daemon names rolls. */
export const ROLL_ID = /^[a-z0-9-]{1,64}$/;

export const factsSchema = z.strictObject({
  rollId: z.string().regex(ROLL_ID),
  title: z.string(),
  openedAt: z.string(),
  /** Name of the MIDI file; null of a host's song. */
  file: z.string().nullable(),
  /** Where the file is, if the client that opened it said so. */
  path: z.string().optional(),
  /** Which song of the file, from 1; the first where left out. */
  songNumber: z.int().min(1).optional(),
  /** Of the file's bytes. */
  sha256: z.string().optional(),
});
export type RollFacts = z.infer<typeof factsSchema>;

const [tick, byte] = [z.int().min(0), z.int().min(0).max(127)];
export const rowSchema = z.tuple([tick, z.int().min(1), byte, byte, byte]);

/** A track that came into the song in the piano roll. */
export const addedTrackSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  channel: z.int().min(0).max(15),
  program: byte,
  isDrums: z.boolean(),
});
export type AddedTrack = z.infer<typeof addedTrackSchema>;

/** Small, so that it can be read of every roll at once. */
export const stateSchema = z.strictObject({
  version: z.int().min(0),
  /** Up to which version the changes are in a file, or in a DAW, as well. */
  savedVersion: z.int().min(0),
  changedAt: z.string().nullable(),
  /** Stays, also unchanged. */
  isPinned: z.boolean(),
});
export type RollState = z.infer<typeof stateSchema>;

/** As earlier programs wrote them: all notes of the changed tracks, by their ids. */
const editsSchema = z.strictObject({
  version: z.int().min(0),
  addedTracks: z.array(addedTrackSchema).optional(),
  tracks: z.array(z.tuple([z.string(), z.array(rowSchema)])),
});
export type Edits = z.infer<typeof editsSchema>;

/** edits.json of an earlier program. @throws where it is damaged */
export function parseEdits(json: string): Edits {
  const { tracks = {}, ...edits } = z.looseObject({ tracks: z.unknown() }).parse(JSON.parse(json));
  // Entries keep a track named __proto__, which a record would lose.
  return editsSchema.parse({ ...edits, tracks: Object.entries(z.custom<object>(isObject).parse(tracks)) });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type Row = z.infer<typeof rowSchema>;

export function toRow({ startTick, durationTicks, pitch, velocity, channel }: Note): Row {
  return [startTick, durationTicks, pitch, velocity, channel];
}

export function fromRow([startTick, durationTicks, pitch, velocity, channel]: Row): Note {
  return { startTick, durationTicks, pitch, velocity, channel };
}
