/**
 * Lists files, the contents of a file, and models.
 */
import * as z from "zod";
import { defined } from "../../defined.ts";
import { readInfo } from "../../engine/engine.ts";
import { familyOf, listModels } from "../../engine/models.ts";
import { type InfoAnswer, infoAnswerSchema } from "../../engine/schemas.ts";
import { fileArgument, songArgument } from "../arguments.ts";
import { READS, tool } from "../tool.ts";

/** The most tempo, meter and program changes to list; a file may have thousands. */
const MAX_CHANGES = 64;

export const listFiles = tool({
  name: "list_files",
  description: "The MIDI files in the allowed folders, or in one of their folders.",
  annotations: READS,
  input: z.strictObject({
    folder: z.string().min(1).max(4096).optional().describe("only files under this folder"),
  }),
  output: z.object({
    folders: z.array(z.string()).describe("the allowed folders; relative names start in the first"),
    files: z.array(z.object({ file: z.string(), bytes: z.int().min(0), modifiedAt: z.string() })),
    isAll: z.boolean().describe("false if there are more than are listed"),
  }),
  run: ({ folder }, { folders }) => folders.list(folder),
});

export const listTracks = tool({
  name: "list_tracks",
  description: "What a MIDI file contains: tracks, bars, meter, tempo. Check the warnings.",
  annotations: READS,
  input: z.strictObject({ file: fileArgument, song: songArgument }),
  output: z.object(infoAnswerSchema.shape),
  run: async ({ file, song }, { folders }) => {
    const info = await readInfo(folders.input(file), defined({ song }));
    return {
      ...info,
      ...shortMaps(info),
      tracks: info.tracks.map(({ programChanges, ...track }) => ({
        ...track,
        programChanges: programChanges?.slice(0, MAX_CHANGES),
      })),
      patterns: info.patterns?.map((pattern) => ({ ...pattern, ...shortMaps(pattern) })),
    };
  },
});

function shortMaps({ tempoMap, timeSignatures }: Pick<InfoAnswer, "tempoMap" | "timeSignatures">) {
  return {
    tempoMap: tempoMap.slice(0, MAX_CHANGES),
    timeSignatures: timeSignatures.slice(0, MAX_CHANGES),
  };
}

export const listModelsTool = tool({
  name: "list_models",
  description:
    "The models that fill accepts. An infill model listens to both sides of the bars; a recurrent one continues from what comes before.",
  annotations: READS,
  input: z.strictObject({}),
  output: z.object({
    models: z.array(
      z.object({
        id: z.string(),
        isDefault: z.boolean(),
        family: z.string().nullable().describe("infill or recurrent"),
        licence: z.string(),
        source: z.string(),
      }),
    ),
  }),
  run: (_args, { env }) => ({
    models: listModels(env).map((model) => {
      const { id, isDefault, licence, source } = model;
      return { id, isDefault, family: familyOf(model) ?? null, licence, source };
    }),
  }),
});
