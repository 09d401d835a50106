/**
 * The page by keyboard alone: few Tab stops, arrow keys between them, and the sheet of keys.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { fillChosenBars, openSong } from "./song-of-parts.ts";

const test = testWith("Chromium", chromium !== undefined);

/** What Tab comes to, from the top of the page until it leaves it. */
async function tabStops(page: Page): Promise<string[]> {
  await page.evaluate(() => document.querySelector<HTMLElement>(".skip-link")?.focus());
  const stops: string[] = [];
  for (let press = 0; press < 400; press += 1) {
    if (press > 0) await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      return (
        element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? element.tagName
      );
    });
    if (name === undefined) return stops;
    stops.push(name);
  }
  return stops;
}

test("a song of forty tracks has no more Tab stops than one of four, and the arrows reach the rest", async () => {
  const counts: number[] = [];
  for (const count of [4, 40]) {
    const { page } = await openSong(count);
    await fillChosenBars(page);
    const stops = await tabStops(page);
    expect(stops[0]).toBe("Skip to the notes");
    counts.push(stops.length);
    if (count === 4) continue;
    await page.locator(".track-name").first().focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press("ArrowDown");
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent,
      );
    expect(await focused()).toContain("Part 4");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Solo Part 4");
    await page.keyboard.press("Space");
    expect(
      await page.getByRole("button", { name: "Solo Part 4", exact: true }).getAttribute("aria-pressed"),
    ).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("Solo Part 5");
    await page.getByRole("button", { name: "Select", exact: true }).focus();
    await page.keyboard.press("End");
    expect(await focused()).toBe("Chords");
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[0]).toBeLessThan(40);
});

test("the first Tab stop leads past the header, to the notes or to the content", async () => {
  const { page } = await openSong();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
  // The address still says which song is open.
  expect(page.url()).toContain("#roll=");
});

test("the sheet of keys tells what mouse and fingers do", async () => {
  const { page } = await openSong();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys and gestures" });
  for (const text of ["Drag over the bar numbers", "Alt and drag", "Ctrl and wheel", "Tap it"])
    await sheet.getByText(text).first().waitFor();
  for (const name of ["Play", "Fill", "Edit", "Mouse: bars", "Mouse: notes", "Touch"])
    expect(await sheet.getByRole("heading", { name, exact: true }).count(), name).toBe(1);
});
