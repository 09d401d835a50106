/**
 * Forced colours: the page in the colours that the reader has chosen.
 */
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { openSong } from "./song-of-parts.ts";

const test = testWith("Chromium", chromium !== undefined);

test("in the reader's own colours notes, marked bars and what is chosen are told apart", async () => {
  const { page } = await openSong(2, { forcedColors: "active", colorScheme: "dark" });
  // What cannot be pressed yet does not look as if it could.
  const button = page.locator(".fill-go");
  const colours = () =>
    button.evaluate((element) => {
      const { backgroundColor, color } = getComputedStyle(element);
      return { back: backgroundColor, text: color, page: getComputedStyle(document.body).backgroundColor };
    });
  const off = await colours();
  expect(await button.isDisabled()).toBe(true);
  expect(off.back).toBe(off.page);
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await expect.poll(async () => (await colours()).back).not.toBe(off.back);
  expect((await colours()).text).not.toBe(off.text);
  await page.locator(".fill-go").click();
  await page.getByText("Earlier candidates").waitFor();
  // On the canvas: the back, notes, and what is offered are other colours.
  const shades = await page
    .locator(".roll-canvases canvas")
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      const counts = new Map<number, number>();
      for (const pixel of new Uint32Array(data?.buffer ?? new ArrayBuffer(0)))
        counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      return [...counts.values()].filter((count) => count > 200).length;
    });
  expect(shades).toBeGreaterThan(4);
  const background = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  const muted = page.getByRole("button", { name: "Mute Part 1" });
  const unmuted = await background('[aria-label="Mute Part 1"]');
  await muted.click();
  await expect.poll(() => background('[aria-label="Mute Part 1"]')).not.toBe(unmuted);
  expect(await background('.roll-tools [aria-pressed="true"]')).not.toBe(
    await background('.roll-tools [aria-pressed="false"]'),
  );
  // A slider's line is seen.
  const line = await page
    .locator(".track-volume")
    .first()
    .evaluate((element) => {
      const style = getComputedStyle(element, "::-webkit-slider-runnable-track");
      return style.backgroundColor !== getComputedStyle(document.body).backgroundColor;
    });
  expect(line).toBe(true);
});
