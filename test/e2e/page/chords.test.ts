/**
 * The chord lane: chords heard by the daemon, chords written by hand, errors in them, and the chords sent with a
 * fill.
 */
import { readFileSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined);
const PIECE = readFileSync("test/fixtures/holmes-le-desir.mid");

const bar = (page: Page, number: number) =>
  page.getByRole("button", { name: new RegExp(`^Chords of bar ${number}:`) });
const field = (page: Page, number: number) =>
  page.getByRole("textbox", { name: `Chords of bar ${number}`, exact: true });
const nameOf = (page: Page, number: number) => bar(page, number).getAttribute("aria-label");

test("chords are heard, written by keys, told to a fill, and kept with the song", async () => {
  const { page, daemon, complaints } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
  await dropFile(page, "piece.mid", PIECE);
  await page.getByRole("heading", { name: "piece" }).waitFor();
  const { rollId } = await hand.roll();
  await page.getByRole("button", { name: "Chords", exact: true }).click();
  // As `continuo info --chords` says it.
  const { chords } = await callDaemon<{ chords: { bar: number; symbol: string }[] }>(daemon, "roll/chords", {
    rollId,
  });
  const first = chords.filter((chord) => chord.bar === 1).map(({ symbol }) => symbol);
  expect(first.length).toBeGreaterThan(0);
  await expect.poll(() => nameOf(page, 1)).toBe(`Chords of bar 1: ${first.join(" ")}, as it sounds`);

  await bar(page, 2).click();
  await field(page, 2).fill("Am7");
  await page.keyboard.press("Tab");
  await field(page, 3).waitFor();
  expect(await nameOf(page, 2)).toBe("Chords of bar 2: Am7, written");
  await page.keyboard.insertText("C Qx");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("“Qx” in bar 3").waitFor();
  await field(page, 3).fill("C G/B | F");
  await page.keyboard.press("Enter");
  await expect.poll(() => nameOf(page, 3)).toBe("Chords of bar 3: C G/B, written");
  expect(await nameOf(page, 4)).toBe("Chords of bar 4: F, written");
  await expect.poll(() => bar(page, 3).evaluate((element) => element === document.activeElement)).toBe(true);

  // What a fill of bars 3 to 5 hears.
  const sent: string[] = [];
  await page.exposeFunction("sentText", (text: string) => void sent.push(text));
  await page.evaluate(() => {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      (globalThis as unknown as { sentText(text: string): void }).sentText(String(data));
      send.call(this, data);
    };
  });
  await hand.markBars(3, 5);
  await page.getByRole("button", { name: "Fill bars 3-5" }).click();
  await page.getByRole("button", { name: "Accept A", exact: true }).waitFor();
  const asked = sent.map((text) => JSON.parse(text)).find(({ method }) => method === "fill/start");
  expect(asked.params.request.controls.chords).toBe("C G/B | F | auto");

  // Empty again, and there after a reload.
  await bar(page, 2).click();
  await field(page, 2).fill("");
  await page.keyboard.press("Enter");
  await expect.poll(() => nameOf(page, 2)).toMatch(/as it sounds|as before/);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { target: string[] }[] }[] }>(
    "axe.run('.roll')",
  );
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  await page.reload();
  await expect.poll(() => nameOf(page, 4)).toBe("Chords of bar 4: F, written");
  await page.getByRole("application").focus();
  await page.keyboard.press("Shift+C");
  await expect.poll(() => bar(page, 4).count()).toBe(0);
  expect(complaints).toEqual([]);
});
