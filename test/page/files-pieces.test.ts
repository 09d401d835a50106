/**
 * The pieces that come with the page match their manifest.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import midi from "@tonejs/midi";
import { expect, test } from "vitest";
import type { Piece } from "../../page/files/pieces.ts";

const FOLDER = join(import.meta.dirname, "../../examples/pieces");
const SHOWN_BARS = 8;
const manifest: { pieces: Piece[] } = JSON.parse(readFileSync(join(FOLDER, "manifest.json"), "utf8"));

test("every piece is in the manifest and in the list of licences", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".mid"));
  expect(manifest.pieces.map(({ file }) => file).sort()).toEqual(files.sort());
  const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
  for (const file of files) expect(readme).toContain(`\`${file}\``);
});

for (const piece of manifest.pieces) {
  test(`${piece.file} has the bars and the notes that its card shows`, () => {
    const song = new midi.Midi(readFileSync(join(FOLDER, piece.file)));
    const [numerator = 4, denominator = 4] = song.header.timeSignatures[0]?.timeSignature ?? [];
    const barTicks = (4 * song.header.ppq * numerator) / denominator;
    const notes = song.tracks.flatMap((track, index) => track.notes.map((note) => ({ note, index })));
    const end = Math.max(...notes.map(({ note }) => note.ticks + note.durationTicks));
    expect(piece.bars).toBe(Math.ceil(end / barTicks));
    const first = Math.floor(Math.min(...notes.map(({ note }) => note.ticks)) / barTicks) * barTicks;
    const span = Math.min(SHOWN_BARS * barTicks, piece.bars * barTicks - first);
    const shown = notes
      .filter(({ note }) => note.ticks >= first && note.ticks < first + span)
      .map(({ note, index }) => [Math.round(((note.ticks - first) * 1000) / span), note.midi, index]);
    expect(piece.notes.map(([start, , pitch, track]) => [start, pitch, track])).toEqual(shown);
  });
}
