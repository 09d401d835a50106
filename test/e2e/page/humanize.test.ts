/**
 * Notes of the page played as players play them: the same pitches, moved in time and velocity, as one undo step.
 */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, EditorHand } from "./editor-hand.ts";
import { openPage } from "./open-page.ts";

const PIECE = "test/fixtures/mendelssohn-op61-no5.mid";
const browserTest = testWith("Chromium", chromium !== undefined);

interface PlayedNote {
  startTick: number;
  pitch: number;
}

browserTest("marked notes are humanized, taken and undone", async () => {
  const { page, daemon, complaints } = await openPage();
  const hand = new EditorHand(page, daemon);
  const panel = page.getByRole("region", { name: "Fill", exact: true });
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "song.mid", readFileSync(PIECE));
  await page.getByRole("heading", { name: "song", exact: true }).waitFor();
  const before = await hand.roll();
  await hand.markBars(5, 8);
  await panel.getByText("Humanize", { exact: true }).click();
  // What only new notes have is not offered.
  expect(await panel.getByRole("slider", { name: "Character" }).count()).toBe(0);
  await panel.getByRole("slider", { name: "How loose" }).fill("1");
  await panel.getByRole("button", { name: "Humanize", exact: true }).click();
  await panel.getByRole("button", { name: "Accept A", exact: true }).click();
  await expect.poll(async () => (await hand.roll()).version).toBe(before.version + 1);

  const after = await hand.roll();
  const notesOf = ({ song }: typeof before): readonly PlayedNote[] => song.tracks[0]?.notes ?? [];
  const pitches = (notes: readonly PlayedNote[]) => notes.map(({ pitch }) => pitch).sort((a, b) => a - b);
  expect(pitches(notesOf(after))).toEqual(pitches(notesOf(before)));
  expect(notesOf(after)).not.toEqual(notesOf(before));
  expect(after.song.tracks.slice(1)).toEqual(before.song.tracks.slice(1));
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(async () => (await hand.roll()).song).toEqual(before.song);
  expect(complaints).toEqual([]);
});
