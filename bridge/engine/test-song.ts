/**
 * A small song for the doctor's test fill: eight bars of 4/4, an arpeggio over a bass.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { GRID_PPQ, type GridTick, gridTicksFromQuarters } from "../music/time.ts";
import type { eventsDocumentSchema } from "./schemas.ts";

const BARS = 8;
const BAR: GridTick = gridTicksFromQuarters(4);
const EIGHTH: GridTick = gridTicksFromQuarters(1 / 2);
/** Roots of I, vi, IV, V in C, and the chord tones above them. */
const ROOTS = [60, 57, 53, 55];
const ARPEGGIO = [0, 7, 12, 7, 16, 12, 7, 12];

type Document = z.infer<typeof eventsDocumentSchema>;

/** The song as `continuo notes --json` would print it. */
function testSong(): Document {
  const melody: Document["tracks"][number]["notes"] = [];
  const bass: Document["tracks"][number]["notes"] = [];
  for (let bar = 0; bar < BARS; bar++) {
    const root = ROOTS[bar % ROOTS.length] ?? 60;
    bass.push([bar * BAR, root - 24, BAR, 84]);
    for (const [index, interval] of ARPEGGIO.entries()) {
      melody.push([bar * BAR + index * EIGHTH, root + interval, EIGHTH, 76]);
    }
  }
  const track = { channel: 0, program: 0, isDrums: false };
  return {
    encoding: "events",
    gridPpq: GRID_PPQ,
    vocabulary: { version: 0, hash: "" },
    tempoMap: [{ tick: 0, qpm: 120 }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks: [
      { ...track, track: 1, name: "Arpeggio", notes: melody },
      { ...track, track: 2, name: "Bass", channel: 1, program: 32, notes: bass },
    ],
  };
}

/** @returns the path of the document in `folder` */
export async function writeTestDocument(folder: string): Promise<string> {
  const path = join(folder, "song.json");
  await writeFile(path, JSON.stringify(testSong()));
  return path;
}
