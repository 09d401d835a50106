/**
 * In windows of every size, all controls are visible and large enough to press.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { openPage } from "./open-page.ts";
import { fillChosenBars } from "./song-of-parts.ts";

const test = testWith("Chromium", chromium !== undefined);
const SMALLEST_TARGET = 24;

/** Controls in sight that are smaller than a finger or a shaky hand can hit. Source: WCAG 2.2, 2.5.8. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const found: string[] = [];
    const selector =
      'button, a[href], select, summary, input, [role="slider"], [role="radio"], [tabindex]:not([tabindex="-1"])';
    for (const element of document.querySelectorAll<HTMLElement>(selector)) {
      if (element.closest(".unseen, .skip-link, dialog:not([open])") !== null) continue;
      if (element.matches("input") && getComputedStyle(element).opacity === "0") continue;
      // What is pressed of a box in a label is the label.
      const target = element.matches("input:not([type='range'])")
        ? (element.closest("label") ?? element)
        : element;
      const { width, height } = target.getBoundingClientRect();
      if (width === 0 || height === 0 || !element.checkVisibility()) continue;
      if (width + 0.5 < least || height + 0.5 < least) {
        const name =
          element.getAttribute("aria-label") ?? element.textContent?.slice(0, 30) ?? element.className;
        found.push(`${element.tagName} ${name}: ${Math.round(width)} x ${Math.round(height)}`);
      }
    }
    return found;
  }, SMALLEST_TARGET);
}

/** What reaches beyond the window from side to side, where nothing scrolls to it. */
function outOfSight(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(
      "button, a[href], select, input, label, h1, h2",
    )) {
      if (element.closest(".unseen, .skip-link, dialog:not([open]), [hidden]") !== null) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || !element.checkVisibility()) continue;
      let scrolls = false;
      for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
        const style = getComputedStyle(parent);
        if (["auto", "scroll"].includes(style.overflowX) && parent.scrollWidth > parent.clientWidth)
          scrolls = true;
      }
      if (!scrolls && (box.left < -1 || box.right > width + 1)) {
        found.push(
          `${element.getAttribute("aria-label") ?? element.textContent}: ${box.left} to ${box.right} of ${width}`,
        );
      }
    }
    if (document.documentElement.scrollWidth > width + 1) found.push("the page is wider than its window");
    return found;
  });
}

const WINDOWS = [
  { width: 390, height: 844 },
  // As 1280 x 720 is at 200 %.
  { width: 640, height: 360 },
  { width: 768, height: 1024 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

test("in windows of every size a song is opened, filled and taken; all can be seen and hit", async () => {
  const [daemon, browser] = [await startDaemon(), await launchBrowser()];
  for (const viewport of WINDOWS) {
    const at = `${viewport.width} x ${viewport.height}`;
    const { page, context, complaints } = await openPage({ daemon, browser, context: { viewport } });
    const check = async (state: string) => {
      expect(await smallTargets(page), `${state}, ${at}`).toEqual([]);
      expect(await outOfSight(page), `${state}, ${at}`).toEqual([]);
    };
    await page.locator(".piece").first().waitFor();
    await page.getByRole("button", { name: "New song" }).click();
    await check("the start screen");
    await page.getByRole("button", { name: /^Sketch with a gap Continuo/ }).click();
    const area = page.getByRole("application");
    await area.waitFor();
    await check("a song");
    await fillChosenBars(page);
    await page.locator(".fill-more > summary").click();
    await page.getByText("Earlier candidates").click();
    await check("candidates");
    const { width = 0, height = 0 } = (await area.boundingBox()) ?? {};
    expect(Math.min(width, height), `the roll, ${at}`).toBeGreaterThan(190);
    const accept = page.getByRole("button", { name: /^Accept [A-D]/ }).and(page.locator(".button-ghost"));
    if ((await accept.count()) > 0) {
      await accept.click();
      await page.getByRole("button", { name: /^Undo: Fill/ }).waitFor();
    }
    const tracks = page.getByRole("button", { name: "Tracks", exact: true });
    if (await tracks.isVisible()) {
      await tracks.click();
      await check("the tracks");
      await page.getByRole("button", { name: "Mute Bass" }).click();
      await tracks.click();
    }
    await page.getByRole("button", { name: "Keys", exact: true }).click();
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    await check("the sheet of keys");
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Training" }).click();
    await page.getByRole("textbox").first().waitFor();
    await check("training");
    expect(complaints).toEqual([]);
    await context.close();
  }
});
