/**
 * A song as a host sends it, and the notes that it gets back. Ticks are integers at the client's own PPQ.
 */
import * as z from "zod";
import { ROLES } from "../music/parts.ts";
import { LIMITS } from "./limits.ts";

/** The last tick that MIDI files and the core can name. */
const MAX_TICK = 2 ** 31 - 2;

const tick = z.int().min(0).max(MAX_TICK);
const text = z.string().max(LIMITS.textCharacters);

export const noteSchema = z
  .strictObject({
    startTick: tick,
    durationTicks: z.int().min(1).max(MAX_TICK),
    pitch: z.int().min(0).max(127).describe("60 is C4"),
    velocity: z.int().min(1).max(127),
    channel: z.int().min(0).max(15).default(0),
  })
  .meta({ id: "Note", description: "One note." });

export const answerNoteSchema = z
  .object(noteSchema.required().shape)
  .meta({ id: "AnswerNote", description: "One note, with every field." });

export const tempoSchema = z
  .strictObject({ tick, qpm: z.number().positive().describe("quarters a minute") })
  .meta({ id: "Tempo", description: "A tempo in force from its tick on." });

export const timeSignatureSchema = z
  .strictObject({
    tick,
    numerator: z.int().min(1).max(255),
    denominator: z.int().min(1).max(128).describe("a power of two"),
  })
  .meta({
    id: "TimeSignature",
    description:
      "A meter in force from its tick on. A bar starts there, unless it repeats the meter in force; within 1/16 of a beat of a bar line it counts as on the line.",
  });

export const trackSchema = z
  .strictObject({
    id: text.describe("the client's own name for it, returned unchanged"),
    name: text.default(""),
    program: z.int().min(0).max(127).default(0).describe("General MIDI, from 0"),
    isDrums: z
      .boolean()
      .optional()
      .describe("whether its notes are drums; if omitted, their channel and the track's name decide"),
    channel: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe("channel of new notes; if omitted, that of the track's notes"),
    notes: z.array(noteSchema).max(LIMITS.notes),
  })
  .meta({ id: "Track", description: "A track and its notes near the region." });

export const songSchema = z
  .strictObject({
    ppq: z.int().min(1).max(32_767).describe("ticks a quarter note"),
    tempoMap: z
      .array(tempoSchema)
      .max(LIMITS.mapEntries)
      .default([])
      .describe("120 quarters a minute before the first"),
    timeSignatures: z
      .array(timeSignatureSchema)
      .max(LIMITS.mapEntries)
      .default([])
      .describe("4/4 before the first"),
    tracks: z.array(trackSchema).min(1).max(LIMITS.tracks),
  })
  .meta({ id: "Song", description: "The music around the region; at most 64 bars on either side are used." });

export const regionSchema = z
  .strictObject({
    trackId: text,
    startTick: tick,
    endTick: tick,
    role: z.enum(ROLES).optional().describe("the track's part there; guessed if omitted"),
  })
  .meta({ id: "Region", description: "The part to fill: half-open, in one track." });

const ownTrack = text.optional().describe("its track; only where the region has trackIds");

/** One of the notes of a fill. */
export const fillNoteSchema = z
  .object({ ...noteSchema.required().shape, trackId: ownTrack })
  .meta({ id: "FillNote", description: "One note of a fill, with every field." });

export const lockedNoteSchema = z
  .strictObject({ ...noteSchema.shape, trackId: text.optional().describe("its track; every one if omitted") })
  .meta({ id: "LockedNote", description: "One note that stays." });

const role = z.enum(ROLES);

/** Whether one track is named, or a list, is the core's to check, so that each has a message of its own. */
export const fillRegionSchema = z
  .strictObject({
    trackId: text.optional().describe("the track; either this or trackIds is there"),
    trackIds: z
      .array(text)
      .min(1)
      .max(LIMITS.tracks)
      .optional()
      .describe(
        "several tracks, at most 32, filled together: drums first, then bass, chords, melody and the rest, each hearing those before it",
      ),
    startTick: tick,
    endTick: tick,
    role: role.optional().describe("what the track does there; guessed if omitted"),
    roles: z
      .array(role.nullable())
      .max(LIMITS.tracks)
      .optional()
      .describe("the same for each of trackIds, null for a guess; all guessed if omitted"),
  })
  .meta({ id: "FillRegion", description: "What to fill: half-open, in one track or in several." });

export type FillNote = z.infer<typeof fillNoteSchema>;
export type FillRegion = z.infer<typeof fillRegionSchema>;
export type Note = z.infer<typeof noteSchema>;
export type Song = z.infer<typeof songSchema>;
export type Region = z.infer<typeof regionSchema>;
