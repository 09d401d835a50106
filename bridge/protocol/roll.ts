/**
 * Rolls: songs that are open in the piano roll, from a file or from a host, kept by the daemon so that several
 * pages can show one, and so that it survives both.
 */
import * as z from "zod";
import { fillRequestSchema, warningSchema } from "./fill.ts";
import { jobSchema } from "./job.ts";
import { LIMITS } from "./limits.ts";
import { method } from "./method.ts";
import {
  answerNoteSchema,
  noteSchema,
  regionSchema,
  songSchema,
  tempoSchema,
  timeSignatureSchema,
  trackSchema,
} from "./song.ts";

const count = z.int().min(0);
const text = z.string().max(LIMITS.textCharacters);
const rollId = z.string().min(1).max(64);
const base64 = z.base64().max(LIMITS.fileCharacters).describe("the bytes of a MIDI file");

const rollSongSchema = z
  .object({
    ppq: z.int().min(1),
    durationTicks: count,
    tempoMap: z.array(tempoSchema).describe("from tick 0"),
    timeSignatures: z.array(timeSignatureSchema).describe("from tick 0"),
    tracks: z.array(z.object({ ...trackSchema.required().shape, notes: z.array(answerNoteSchema) })),
  })
  .meta({ id: "RollSong", description: "A song with everything that a piano roll shows." });
export type RollSong = z.infer<typeof rollSongSchema>;

const rollEntrySchema = z
  .object({
    rollId,
    title: z.string(),
    version: count.describe("one more with each change"),
    openedAt: z.string().describe("ISO 8601"),
    file: z.string().nullable().describe("name of the MIDI file that it came from; null of a host's song"),
    host: z
      .object({ name: z.string(), region: regionSchema })
      .nullable()
      .describe("who waits for the notes of this region; null where nobody does"),
  })
  .meta({ id: "RollEntry", description: "A song that is open in the piano roll." });
export type RollEntry = z.infer<typeof rollEntrySchema>;

const rollSchema = rollEntrySchema
  .extend({ song: rollSongSchema, warnings: z.array(warningSchema) })
  .meta({ id: "Roll", description: "An open song, as it is now." });
export type Roll = z.infer<typeof rollSchema>;

const changeSchema = z
  .strictObject({
    trackId: text,
    removed: z.array(noteSchema).max(LIMITS.notes),
    added: z.array(noteSchema).max(LIMITS.notes),
  })
  .meta({
    id: "RollChange",
    description: "Notes that go and notes that come; one that is to go and is not there is passed over.",
  });
export type RollChange = z.infer<typeof changeSchema>;

const changedSchema = z
  .object({ trackId: text, removed: z.array(answerNoteSchema), added: z.array(answerNoteSchema) })
  .meta({ id: "RollChanged", description: "Notes that went and notes that came." });
export type RollChanged = z.infer<typeof changedSchema>;

export const ROLL_METHODS = {
  "roll/open": method(
    "Open a song in the piano roll: the bytes of a MIDI file, or a song.",
    z.strictObject({
      title: text,
      file: base64.optional(),
      songNumber: z.int().min(1).optional().describe("which song of a file that holds several, from 1"),
      song: songSchema.optional().describe("where there is no file"),
    }),
    rollSchema,
  ),
  "roll/ask": method(
    "Have the musician fill a region in the piano roll: opens it in the browser. The answer comes as that of a fill, when they send it back.",
    z.strictObject({ title: text, request: fillRequestSchema }),
    jobSchema.extend({ url: z.string().describe("the page, for a minute, if no browser came up") }),
  ),
  "roll/list": method(
    "Songs that are open or were of late, the latest first.",
    z.strictObject({}),
    z.object({ rolls: z.array(rollEntrySchema) }),
  ),
  "roll/get": method("A song, as it is now.", z.strictObject({ rollId }), rollSchema),
  "roll/edit": method(
    "Change notes; other pages hear of it.",
    z.strictObject({ rollId, changes: z.array(changeSchema).max(LIMITS.tracks) }),
    z.object({ version: count }),
  ),
  "roll/scale": method(
    "The scale that the notes around a place suggest, as a fill with the scale auto takes it.",
    z.strictObject({ rollId, region: regionSchema }),
    z.object({ scale: z.string().nullable().describe('such as "D minor"; null where nothing sounds') }),
  ),
  "roll/export": method(
    "Write it as a MIDI file into the folder for exports; everything that was not changed is byte for byte as it came.",
    z.strictObject({ rollId }),
    z.object({ path: z.string() }),
  ),
  "roll/return": method(
    "Send the notes of the region back to the host that waits for them.",
    z.strictObject({ rollId }),
    z.object({ noteCount: count }),
  ),
  "roll/decline": method(
    "Tell the host that waits that nothing is to be changed.",
    z.strictObject({ rollId }),
    z.object({ declined: z.literal(true) }),
  ),
  "page/open": method(
    "An address that opens the piano roll in a browser, once, within a minute.",
    z.strictObject({
      rollId: rollId.optional(),
      browser: z.boolean().default(false).describe("also have the browser open it"),
    }),
    z.object({ url: z.string() }),
  ),
} as const;

export const ROLL_NOTIFICATIONS = {
  "roll/changed": {
    description: "Another page changed notes.",
    params: z.object({ rollId, version: count, changes: z.array(changedSchema) }),
  },
  "roll/host": {
    description: "A host waits for a roll's notes, or no longer does.",
    params: rollEntrySchema,
  },
} as const;
