/**
 * The piano roll from a dropped file to a downloaded one, in a real browser with a real daemon.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { Bars } from "../../../bridge/music/bars.ts";
import { expectOutsideUntouched } from "../../bridge/support/fill-checks.ts";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, EditorHand } from "./editor-hand.ts";
import { openPage } from "./open-page.ts";

const PIECE = "test/fixtures/holmes-le-desir.mid";
const browserTest = testWith("Chromium", chromium !== undefined);

browserTest("a dropped file is filled, heard, taken in parts, undone and downloaded", async () => {
  const { page, daemon, complaints } = await openPage();
  const hand = new EditorHand(page, daemon);
  const panel = page.getByRole("region", { name: "Fill", exact: true });
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "Le désir.mid", readFileSync(PIECE));
  await page.getByRole("heading", { name: "Le désir" }).waitFor();
  const before = await hand.roll();
  const track = before.song.tracks[0];
  const bars = new Bars(before.song.timeSignatures, before.song.ppq);
  const [startTick, endTick] = [bars.startTick(4), bars.endTick(7)];
  const inRegion = (note: { startTick: number }) => note.startTick >= startTick && note.startTick < endTick;
  if (track === undefined) throw new Error("the piece has a track");

  // Bars 5 to 8 by the mouse, and one note of theirs is kept.
  await hand.markBars(5, 8);
  await page.getByRole("button", { name: "Fill bars 5-8" }).waitFor();
  const kept = track.notes.find(inRegion);
  if (kept === undefined) throw new Error("bars 5-8 have notes");
  const { x, y } = await hand.pointOf(kept.startTick + kept.durationTicks / 2, kept.pitch);
  await page.keyboard.down("Control");
  await page.mouse.click(x, y);
  await page.keyboard.up("Control");

  await panel.getByRole("button", { name: "Fill", exact: true }).click();
  const cards = panel.getByRole("radio", { name: /^Candidate [A-D]:/ });
  await expect.poll(() => cards.count()).toBe(4);
  await panel.getByRole("button", { name: "Accept A", exact: true }).waitFor();
  const marks = () => page.evaluate(() => performance.getEntriesByType("mark").map(({ name }) => name));
  expect(await marks()).toEqual(expect.arrayContaining(["fill-click", "first-note"]));
  // Nothing is written before it is taken.
  expect((await hand.roll()).song).toEqual(before.song);

  // Heard in its place.
  await panel.getByRole("button", { name: "Listen" }).click();
  await expect.poll(marks).toContain("play-first-event");
  const status = () => page.getByRole("contentinfo").textContent();
  const first = await status();
  await expect.poll(status).not.toBe(first);
  await page.keyboard.press("Space");

  // Another fill, of which one bar is taken.
  await panel.getByRole("button", { name: "Fill again" }).click();
  await panel.getByRole("button", { name: "Accept bar 6" }).click();
  await expect.poll(async () => (await hand.roll()).version).toBe(before.version + 1);
  const taken = (await hand.roll()).song.tracks[0]?.notes ?? [];
  const [sixStart, sixEnd] = [bars.startTick(5), bars.endTick(5)];
  const isInSix = (note: { startTick: number }) => note.startTick >= sixStart && note.startTick < sixEnd;
  expect(taken.filter((note) => !isInSix(note))).toEqual(track.notes.filter((note) => !isInSix(note)));
  expect(taken.filter(isInSix)).not.toEqual(track.notes.filter(isInSix));

  // Undone, done again, and the rest taken too.
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(async () => (await hand.roll()).song).toEqual(before.song);
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect.poll(async () => (await hand.roll()).song.tracks[0]?.notes).toEqual(taken);
  await panel.getByRole("radio", { name: /^Candidate B/ }).click();
  await panel.getByRole("button", { name: "Accept B", exact: true }).click();
  await expect.poll(async () => (await hand.roll()).version).toBeGreaterThan(before.version + 3);
  const after = (await hand.roll()).song;
  expect(after.tracks[0]?.notes).toContainEqual(kept);

  // The file: what was not filled is as it was, event by event.
  const folder = mkdtempSync(join(tmpdir(), "continuo-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download .mid" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("Le désir.mid");
  const output = join(folder, "out.mid");
  await download.saveAs(output);
  expectOutsideUntouched({ input: PIECE, output, answer: { region: { track: 1, startTick, endTick } } });
  expect(readFileSync(output).equals(readFileSync(PIECE))).toBe(false);
  expect(complaints).toEqual([]);
});

browserTest("two pages on one song see each other's notes, and one that was away catches up", async () => {
  const first = await openPage();
  const { page, daemon, context } = first;
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await page.getByRole("heading", { name: "piece" }).waitFor();
  await page.waitForURL(/roll=/);
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: "piece" }).waitFor();
  const count = async (seen: typeof page) =>
    Number(
      /(\d+) notes/.exec((await seen.getByRole("navigation", { name: "Tracks" }).textContent()) ?? "")?.[1],
    );
  const before = await count(page);
  expect(await count(other)).toBe(before);
  await page.getByRole("application").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await expect.poll(() => count(other)).toBe(0);
  await page.keyboard.press("Control+Z");
  await expect.poll(() => count(other)).toBe(before);
  expect((await hand.roll()).song.tracks[0]?.notes).toHaveLength(before);
});
