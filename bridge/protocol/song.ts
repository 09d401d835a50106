/**
 * What a host tells of its song, and the notes that come back. Ticks are integers at the client's own PPQ.
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
  .meta({ id: "AnswerNote", description: "One note, as it is told: with every field." });

export const tempoSchema = z
  .strictObject({ tick, qpm: z.number().positive().describe("quarters a minute") })
  .meta({ id: "Tempo", description: "A tempo that holds from its tick on." });

export const timeSignatureSchema = z
  .strictObject({
    tick,
    numerator: z.int().min(1).max(255),
    denominator: z.int().min(1).max(128).describe("a power of two"),
  })
  .meta({
    id: "TimeSignature",
    description:
      "A meter that holds from its tick on. A bar starts there, unless it repeats the meter in force; within 1/16 of a beat of a bar line it is taken as being on it.",
  });

export const trackSchema = z
  .strictObject({
    id: text.describe("the client's own name of it, given back untouched"),
    name: text.default(""),
    program: z.int().min(0).max(127).default(0).describe("General MIDI, from 0"),
    isDrums: z
      .boolean()
      .optional()
      .describe("whether its notes are drums; where left out, their channel and the track's name say so"),
    channel: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe("of new notes; where left out, that of the track's own"),
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
  .meta({ id: "Song", description: "What surrounds the region; at most 64 bars on either side are of use." });

export const regionSchema = z
  .strictObject({
    trackId: text,
    startTick: tick,
    endTick: tick,
    role: z.enum(ROLES).optional().describe("what the track is to do there; guessed where left out"),
  })
  .meta({ id: "Region", description: "The part to fill: half-open, of one track." });

export type Note = z.infer<typeof noteSchema>;
export type Song = z.infer<typeof songSchema>;
export type Region = z.infer<typeof regionSchema>;
