/**
 * New parts in a song: added over written chords, accepted, undone and cancelled.
 */
import { readFileSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, EditorHand } from "./editor-hand.ts";
import { openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined);
const PIECE = readFileSync("test/fixtures/holmes-le-desir.mid");

const dialog = (page: Page) => page.getByRole("dialog", { name: "Add a part" });
const panel = (page: Page) => page.getByRole("region", { name: "Fill", exact: true });
const trackNames = async (page: Page) =>
  (
    await page.getByRole("navigation", { name: "Tracks" }).locator(".track-name > span").allTextContents()
  ).map((name) => name.trim());

async function newSong(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New song" }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "New song", level: 1 }).waitFor();
}

test("in an empty song a bass asks for chords, and comes and goes as one step", async () => {
  const { page, daemon, complaints } = await openPage();
  const hand = new EditorHand(page, daemon);
  await newSong(page);
  const before = (await hand.roll()).song;

  // By keys alone.
  await page.getByRole("application").focus();
  await page.keyboard.press("Shift+P");
  await dialog(page).waitFor();
  await dialog(page).getByRole("combobox", { name: "Part", exact: true }).selectOption("bass");
  await dialog(page).getByLabel("To bar").fill("4");
  await page.keyboard.press("Enter");
  await dialog(page)
    .getByRole("alert")
    .getByText("Nothing with a pitch plays around these bars yet.")
    .waitFor();
  // Nothing of it is in the song, here or there.
  expect(await trackNames(page)).toEqual(["Acoustic piano"]);
  expect((await hand.roll()).song).toEqual(before);

  await page.keyboard.insertText("Am | Fx | C | G");
  await page.keyboard.press("Enter");
  await dialog(page).getByRole("alert").getByText("“Fx” in bar 2").waitFor();
  await dialog(page).getByRole("textbox", { name: "Chords" }).fill("Am | F | C | G");
  await page.keyboard.press("Enter");
  await panel(page).getByRole("button", { name: "Accept A", exact: true }).waitFor();
  expect(await trackNames(page)).toEqual(["Acoustic piano", "Bass"]);
  expect((await hand.roll()).song).toEqual(before);

  await page.keyboard.press("Enter");
  await expect
    .poll(async () => (await hand.roll()).song.tracks.map(({ name }) => name))
    .toEqual(["Acoustic piano", "Bass"]);
  await expect.poll(async () => (await hand.roll()).song.tracks[1]?.notes.length).toBeGreaterThan(0);
  const added = (await hand.roll()).song;
  expect(added.tracks[1]?.program).toBe(33);

  // Undone as one step, here and there, and done again; also after a reload.
  await page.keyboard.press("Control+Z");
  await expect.poll(async () => (await hand.roll()).song).toEqual(before);
  expect(await trackNames(page)).toEqual(["Acoustic piano"]);
  await page.keyboard.press("Control+Shift+Z");
  await expect.poll(async () => (await hand.roll()).song).toEqual(added);
  await page.reload();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(async () => (await hand.roll()).song).toEqual(before);
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect.poll(async () => (await hand.roll()).song).toEqual(added);
  expect(complaints).toEqual([]);
});

test("a part that nobody takes leaves the song as it was", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "piece.mid", PIECE);
  await page.getByRole("heading", { name: "piece" }).waitFor();
  const before = (await hand.roll()).song;
  const names = await trackNames(page);
  await hand.markBars(2, 3);
  await page.getByRole("button", { name: "Add part…" }).click();
  await dialog(page).waitFor();
  expect(await dialog(page).getByLabel("From bar").inputValue()).toBe("2");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string }[] }>("axe.run(document)");
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Add and fill" }).click();
  await panel(page).getByRole("button", { name: "Accept A", exact: true }).waitFor();
  expect(await trackNames(page)).toEqual([...names, "Drums"]);

  await panel(page).getByRole("button", { name: "Reject" }).click();
  await expect.poll(() => trackNames(page)).toEqual(names);
  await page.getByRole("button", { name: "Fill bars 2-3" }).waitFor();
  // A card that is pressed brings the track back, and a bar of it can be taken.
  await panel(page)
    .getByRole("radio", { name: /^Candidate B/ })
    .click();
  await expect.poll(() => trackNames(page)).toEqual([...names, "Drums"]);
  expect((await hand.roll()).song).toEqual(before);
  await panel(page).getByRole("button", { name: "Accept bar 3" }).click();
  await expect.poll(async () => (await hand.roll()).song.tracks.length).toBe(names.length + 1);
  const drums = (await hand.roll()).song.tracks.at(-1);
  expect(drums).toMatchObject({ name: "Drums", isDrums: true });
  expect(drums?.notes.every(({ channel }) => channel === 9)).toBe(true);
  await page.keyboard.press("Control+Z");
  await expect.poll(async () => (await hand.roll()).song).toEqual(before);
});

test("several tracks are filled together, as one card and one step", async () => {
  const { page, daemon, complaints } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "piece.mid", PIECE);
  await page.getByRole("heading", { name: "piece" }).waitFor();
  const before = (await hand.roll()).song;
  await hand.markBars(5, 6);
  await panel(page).getByText("With other tracks").click();
  const tracks = panel(page).getByRole("group", { name: "Tracks to fill as well" });
  for (const box of await tracks.getByRole("checkbox").all()) await box.check();
  await panel(page).getByText("2 more", { exact: true }).waitFor();
  await panel(page).getByRole("button", { name: "Fill", exact: true }).click();
  await panel(page).getByRole("button", { name: "Accept A", exact: true }).waitFor();
  expect(
    await panel(page)
      .getByRole("radio", { name: /^Candidate [A-D]:/ })
      .count(),
  ).toBe(4);
  expect((await hand.roll()).song).toEqual(before);
  await panel(page).getByRole("button", { name: "Accept A", exact: true }).click();
  const changed = async () => {
    const { tracks: now } = (await hand.roll()).song;
    return now.filter((track, index) => JSON.stringify(track) !== JSON.stringify(before.tracks[index]))
      .length;
  };
  await expect.poll(changed).toBe(3);
  await page.keyboard.press("Control+Z");
  await expect.poll(async () => (await hand.roll()).song).toEqual(before);
  expect(complaints).toEqual([]);
});
