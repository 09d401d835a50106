/**
 * Measures the quality of fills.
 */
import * as z from "zod";
import { defined } from "../../defined.ts";
import { evaluateFiles, evaluationSchema } from "../../engine/evaluation.ts";
import {
  barsArgument,
  fileArgument,
  filesArgument,
  regionOf,
  songArgument,
  trackArgument,
  trackOf,
} from "../arguments.ts";
import { READS, tool } from "../tool.ts";

export const evaluateTool = tool({
  name: "evaluate_candidates",
  description:
    "Measure the same bars of several files, beside the original: notes, density, loudness, range; shares of notes outside the scale around, copied from nearby, unchanged. A candidate that fits is near the original in density and range, with few notes outside the scale; much that is copied is safe, little is new. Files of another song are refused.",
  annotations: READS,
  input: z.strictObject({
    file: fileArgument,
    song: songArgument,
    track: trackArgument,
    bars: barsArgument,
    candidates: filesArgument.describe("files that fill, vary or an editor made from the first one"),
  }),
  output: z.object(evaluationSchema.shape),
  run: ({ file, song, track, bars, candidates }, { folders }) =>
    evaluateFiles({
      input: folders.input(file),
      ...defined({ song }),
      track: trackOf(track),
      region: regionOf(bars),
      candidates: candidates.map((candidate) => folders.input(candidate)),
    }),
});
