/**
 * The picture of a fill: cells, lines of text for a terminal, and SVG.
 */
import { describe, expect, test } from "vitest";
import { layOutPicture } from "../../../bridge/cli/note-picture/layout.ts";
import { renderSvg } from "../../../bridge/cli/note-picture/svg.ts";
import { renderText } from "../../../bridge/cli/note-picture/terminal.ts";
import type { FillView } from "../../../bridge/engine/filled-file.ts";
import type { Note } from "../../../bridge/protocol/song.ts";

const note = (startTick: number, durationTicks: number, pitch: number): Note => ({
  startTick,
  durationTicks,
  pitch,
  velocity: 80,
  channel: 0,
});

/** Four bars of 4/4 at 96 a quarter; the region is bars 2 and 3. */
const view: FillView = {
  startTick: 0,
  endTick: 1536,
  bars: [1, 2, 3, 4].map((bar) => ({ bar, startTick: (bar - 1) * 384 })),
  trackName: "Lead <1>",
  isDrums: false,
  context: [note(0, 192, 60), note(192, 192, 64), note(1152, 384, 62)],
  others: [note(0, 1536, 61)],
};
const region = { startTick: 384, endTick: 1152 };
const notes = {
  removed: [note(384, 384, 65)],
  added: [note(384, 96, 67), note(480, 96, 67), note(768, 384, 64)],
};

describe("piano roll in a terminal", () => {
  test("without colour, kinds of notes differ by their glyphs", () => {
    expect(renderText(layOutPicture(view, region, notes, 64), false).join("\n")).toMatchInlineSnapshot(`
      "     1               2               3               4
        G4 │               █▓▓▓█▓▓▓        │               ┃
       F#4 │               ┃               │               ┃
        F4 │               ░░░░░░░░░░░░░░░░│               ┃
        E4 │       ▪───────┃               █▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓┃
       Eb4 │               ┃               │               ┃
        D4 │               ┃               │               ▪───────────────
       C#4 │               ┃               │               ┃
        C4 ▪───────        ┃               │               ┃
           █▓ new   ░░ removed   ▪─ kept   ┃ region"
    `);
  });

  test("with colour", () => {
    const [, firstRow] = renderText(layOutPicture(view, region, notes, 32), true);
    expect(firstRow).toMatchInlineSnapshot(`"  G4 [2m│[0m       [1;32m█▓█▓[0m    [2m│[0m       [36m┃[0m"`);
  });

  test("no line is wider than it may be", () => {
    for (const columns of [1, 2, 7, 35, 200]) {
      const lines = renderText(layOutPicture(view, region, notes, columns), false).slice(1, -1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns + 5);
    }
  });

  test("a wide range of pitches shares rows and loses no note", () => {
    const wide = { removed: [], added: [note(400, 10, 0), note(400, 10, 127)] };
    const layout = layOutPicture(view, region, wide, 64);
    expect(layout.rows.length).toBeLessThanOrEqual(36);
    const news = layout.rows.filter((row) => row.cells.some((cell) => cell.kind === "new"));
    expect(news.length).toBe(2);
  });

  test("nothing to show is one row", () => {
    const empty = { ...view, context: [], others: [] };
    expect(layOutPicture(empty, region, { removed: [], added: [] }, 40).rows.length).toBe(1);
  });
});

describe("piano roll as SVG", () => {
  const svg = renderSvg([{ view, region, notes, title: view.trackName }]);

  test("every note is drawn, before and after", () => {
    const ofColour = (colour: string) => svg.split(`fill="${colour}"/>`).length - 1;
    expect(ofColour("#1a7f37")).toBe(notes.added.length);
    expect(ofColour("#cf222e")).toBe(notes.removed.length);
    expect(ofColour("#8c959f")).toBe(2 * view.context.length);
  });

  test("several regions stand below each other; a part that is new has no before", () => {
    const alone = { ...view, context: [] };
    const part = { view: alone, region, notes: { removed: [], added: notes.added }, title: "Bass" };
    const both = renderSvg([{ view, region, notes, title: "Lead" }, part]);
    expect(both.split(`fill="#1a7f37"/>`).length - 1).toBe(2 * notes.added.length);
    expect(both).toContain('aria-label="Lead, Bass, before and after"');
    expect([both.includes(">Bass</text>"), both.includes("Bass: before")]).toEqual([true, false]);
    const heightOf = (text: string) => Number(/height="([\d.]+)" role/.exec(text)?.[1]);
    expect(heightOf(both)).toBeGreaterThan(heightOf(svg));
  });

  test("names from files cannot leave the text", () => {
    expect(svg).toContain("Lead &lt;1&gt;: before");
    expect(renderSvg([{ view, region, notes, title: 'a"b\u0000&' }])).toContain(
      'aria-label="a&quot;b &amp;, before and after"',
    );
  });
});
