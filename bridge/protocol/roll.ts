/**
 * Rolls: songs that are open in the piano roll, from a file or from a host, kept by the daemon so that several
 * pages can show one, and so that it survives both.
 */
import * as z from "zod";
import { oneTrackRequestSchema, warningSchema } from "./fill.ts";
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

/** Of what is kept for pages; texts and characters of one song. */
export const KEPT_LIMITS = { rolls: 4_096, texts: 2_048, characters: 4 * 1024 * 1024 } as const;

const keptName = z.string().regex(/^[A-Za-z0-9.:-]{1,64}$/);
const byte = z.int().min(0).max(127);

const rollSongSchema = z
  .object({
    ppq: z.int().min(1),
    durationTicks: count,
    tempoMap: z.array(tempoSchema).describe("from tick 0"),
    timeSignatures: z.array(timeSignatureSchema).describe("from tick 0"),
    tracks: z.array(
      z.object({
        ...trackSchema.omit({ channel: true }).required().shape,
        programChanges: z
          .array(z.object({ tick: count, program: z.int().min(0).max(127) }))
          .optional()
          .describe("changes after the first note"),
        pattern: z
          .object({
            number: z.int().min(1),
            tempoMap: z.array(tempoSchema),
            timeSignatures: z.array(timeSignatureSchema),
          })
          .optional()
          .describe("in a file of format 2: tracks with the same number play together, by their own maps"),
        notes: z.array(answerNoteSchema),
      }),
    ),
  })
  .meta({ id: "RollSong", description: "A song with everything that the piano roll shows." });
export type RollSong = z.infer<typeof rollSongSchema>;

const rollEntrySchema = z
  .object({
    rollId,
    title: z.string(),
    version: count.describe("grows by one with each change"),
    openedAt: z.string().describe("ISO 8601"),
    file: z.string().nullable().describe("name of the MIDI file that it came from; null for a host's song"),
    changedAt: z.string().nullable().describe("when its notes were last changed, ISO 8601; null if never"),
    host: z
      .object({ name: z.string(), region: regionSchema })
      .nullable()
      .describe("the host that waits for the notes of this region, or null"),
  })
  .meta({ id: "RollEntry", description: "A song that is open in the piano roll." });
export type RollEntry = z.infer<typeof rollEntrySchema>;

const listedRollSchema = rollEntrySchema
  .extend({
    isSaved: z
      .boolean()
      .describe("true if there are no changes, or all of them are also in a file or in a DAW"),
  })
  .meta({ id: "ListedRoll", description: "A song of the list." });
export type ListedRoll = z.infer<typeof listedRollSchema>;

const rollSchema = rollEntrySchema
  .extend({
    song: rollSongSchema,
    warnings: z.array(warningSchema),
    earlier: rollEntrySchema
      .nullable()
      .describe("an earlier song with changes, opened from the same file, if this one has none"),
  })
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
    description:
      "Notes to remove and notes to add. Where a note to remove does not exist, removing alone has no effect, and replacing it is refused (ROLL_CHANGED).",
  });
export type RollChange = z.infer<typeof changeSchema>;

const changedSchema = z
  .object({ trackId: text, removed: z.array(answerNoteSchema), added: z.array(answerNoteSchema) })
  .meta({ id: "RollChanged", description: "Removed notes and added notes." });
export type RollChanged = z.infer<typeof changedSchema>;

const newTrackSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^added-[A-Za-z0-9-]{1,40}$/)
      .optional()
      .describe("the track's id, such as of one that was removed; chosen if omitted"),
    name: text,
    program: byte.default(0),
    isDrums: z.boolean().default(false),
  })
  .meta({ id: "NewRollTrack", description: "A track to add to a song." });
export type NewRollTrack = z.infer<typeof newTrackSchema>;

const rollTrackSchema = trackSchema
  .required()
  .omit({ notes: true, channel: true })
  .meta({ id: "RollTrack", description: "A track without its notes." });
export type RollTrack = z.infer<typeof rollTrackSchema>;

export const barChordSchema = z
  .object({
    startTick: count,
    endTick: count,
    bar: z.int().min(1).describe("that it starts in, from 1"),
    symbol: z.string().describe('such as "F#m7", "C/E" or "N.C."'),
    confidence: z.number().describe("0 to 1; 1 if it was written"),
  })
  .meta({ id: "BarChord", description: "A chord and how long it holds, half-open." });
export type BarChord = z.infer<typeof barChordSchema>;

export const ROLL_METHODS = {
  "roll/open": method(
    "Open a song in the piano roll: the bytes of a MIDI file, or a song.",
    z.strictObject({
      title: text,
      file: base64.optional(),
      songNumber: z.int().min(1).optional().describe("which song, if the file holds several, from 1"),
      path: z
        .string()
        .max(4_096)
        .optional()
        .describe("the file's path; distinguishes files with the same name"),
      song: songSchema.optional().describe("if there is no file"),
    }),
    rollSchema,
  ),
  "roll/ask": method(
    "Have the musician fill a region in the piano roll: opens it in the browser. The answer comes as that of a fill, when they send it back.",
    z.strictObject({ title: text, request: oneTrackRequestSchema }),
    jobSchema.extend({
      url: z.string().describe("the page's address, valid for a minute, in case no browser opened"),
    }),
  ),
  "roll/list": method(
    "Songs that are open or were of late, the latest first.",
    z.strictObject({}),
    z.object({ rolls: z.array(listedRollSchema) }),
  ),
  "roll/get": method(
    "A song, as it is now. A client that is connected keeps it open, so that it is not removed, until roll/close.",
    z.strictObject({ rollId }),
    rollSchema,
  ),
  "roll/close": method(
    "This client no longer shows the song.",
    z.strictObject({ rollId }),
    z.object({ closed: z.literal(true) }),
  ),
  "roll/remove": method(
    "Remove a song and everything that was done to it. The file that it came from stays where it is.",
    z.strictObject({ rollId }),
    z.object({ removed: z.literal(true) }),
  ),
  "roll/keep": method(
    "Keep what a page needs after a reload: short texts by name, such as its undo history.",
    z.strictObject({
      rollId,
      texts: z
        .array(
          z.strictObject({
            name: keptName,
            text: z.string().max(KEPT_LIMITS.characters).nullable().describe("null removes it"),
          }),
        )
        .max(KEPT_LIMITS.texts),
      isPinned: z
        .boolean()
        .optional()
        .describe(
          "whether the song stays, even unchanged, however many others are opened; unchanged if omitted",
        ),
    }),
    z.object({ kept: z.literal(true) }),
  ),
  "roll/kept": method(
    "What was kept by roll/keep.",
    z.strictObject({ rollId }),
    z.object({ texts: z.array(z.object({ name: z.string(), text: z.string() })) }),
  ),
  "roll/controls": method(
    "What shapes the sound of each track beside its notes: controllers, programs, pitch bend, pressure.",
    z.strictObject({ rollId }),
    z.object({
      tracks: z.array(
        z.object({
          id: text,
          events: z
            .array(count)
            .describe(
              "four numbers an event, by tick: tick, upper four bits of the status byte, two data bytes",
            ),
        }),
      ),
      leftOut: count.describe("how many events were left out"),
    }),
  ),
  "track/add": method(
    "Add a track without notes at the end of a song; other pages hear of it. One that was added under this id before stays as it is.",
    z.strictObject({ rollId, track: newTrackSchema }),
    z.object({ version: count, track: rollTrackSchema }),
  ),
  "track/remove": method(
    "Remove a track that was added by track/add and has no notes.",
    z.strictObject({ rollId, trackId: text }),
    z.object({ version: count }),
  ),
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
  "roll/chords": method(
    "The chords of a song, bar by bar: those that its notes suggest, or written ones, as a fill with these chords takes them.",
    z.strictObject({
      rollId,
      trackId: text.optional().describe("in a file of format 2: a track of the pattern that is meant"),
      text: text
        .optional()
        .describe(
          'written chords to lay over the bars from startTick to endTick, such as "Am | F | C G"; a bar of "auto" has none in the answer',
        ),
      startTick: count.optional(),
      endTick: count.optional(),
    }),
    z.object({ chords: z.array(barChordSchema) }),
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
      browser: z.boolean().default(false).describe("also open it in the browser"),
    }),
    z.object({ url: z.string() }),
  ),
} as const;

export const ROLL_NOTIFICATIONS = {
  "roll/changed": {
    description: "Another page changed notes.",
    params: z.object({ rollId, version: count, changes: z.array(changedSchema) }),
  },
  "roll/removed": {
    description: "Songs were removed, by a client or because there were too many.",
    params: z.object({
      rolls: z.array(rollEntrySchema),
      isLimit: z
        .boolean()
        .describe("removed because there were too many, and they were unchanged and closed"),
    }),
  },
  "track/changed": {
    description: "Another page added or removed a track.",
    params: z.object({ rollId, version: count, added: rollTrackSchema.nullable(), removed: text.nullable() }),
  },
  "roll/host": {
    description: "A host started or stopped waiting for a roll's notes.",
    params: rollEntrySchema,
  },
} as const;
