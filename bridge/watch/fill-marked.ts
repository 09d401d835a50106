/**
 * One song of a watched folder: finds the region it asks for, fills it, writes the fills beside it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FillAnswer } from "../engine/filled-file.ts";
import { type MarkedRegion, type MarkedRequest, readMarked } from "../engine/marked.ts";
import { copyBeside } from "./output-names.ts";

export interface FilledSong {
  region: MarkedRegion;
  answer: FillAnswer;
  /** Names beside the song, best first. */
  files: string[];
}

/**
 * @param fill  writes the fill of a region to `output`, and further candidates beside it
 * @throws BridgeError as readMarked and fillFile, OUTPUT_*
 */
export async function fillMarked(
  request: MarkedRequest,
  fill: (region: MarkedRegion, output: string) => Promise<FillAnswer>,
): Promise<FilledSong> {
  const region = await readMarked(request);
  // Elsewhere first: in the song's folder nobody sees a file that is not finished.
  const folder = await mkdtemp(join(tmpdir(), "continuo-watch-"));
  try {
    const answer = await fill(region, join(folder, "fill.mid"));
    const fills = answer.candidates.map(({ file }) => file);
    return { region, answer, files: await copyBeside(request.input, fills) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
