/**
 * Accessibility of the page: axe finds no serious problem in any state, light or dark, wide or narrow.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { type OpenPage, openPage } from "./open-page.ts";

const test = testWith("a Chromium", chromium !== undefined);
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe finds that keeps people out. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
    );
}

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
const LOOKS = [
  { look: "light", colorScheme: "light" },
  { look: "dark", colorScheme: "dark" },
  { look: "the reader's own colours", colorScheme: "dark", forcedColors: "active" },
] as const;

test("nothing keeps anybody out of the page, in any colours, wide or narrow", async () => {
  const [daemon, browser] = [await startDaemon(), await launchBrowser()];
  for (const viewport of SIZES) {
    for (const { look, ...colours } of LOOKS) {
      // The page itself would not let another script in.
      const context = { ...colours, viewport, bypassCSP: true, reducedMotion: "reduce" as const };
      const opened = await openPage({ daemon, browser, context });
      const { page } = opened;
      const at = `${look}, ${viewport.width} x ${viewport.height}`;
      await page.locator(".piece").first().waitFor();
      await page.addScriptTag({ content: axeSource });
      await page.getByRole("button", { name: "New song" }).click();
      expect(await violations(page), `the start screen, ${at}`).toEqual([]);

      await page.getByRole("button", { name: /^Sketch with a gap Continuo/ }).click();
      await page.getByRole("application").waitFor();
      expect(await violations(page), `a song, ${at}`).toEqual([]);

      await withCandidates(opened);
      expect(await violations(page), `candidates, ${at}`).toEqual([]);

      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
      expect(await violations(page), `the sheet of keys, ${at}`).toEqual([]);
      await page.keyboard.press("Escape");

      await page.getByRole("button", { name: "Training" }).click();
      await page.getByRole("textbox").first().waitFor();
      expect(await violations(page), `training, ${at}`).toEqual([]);
      await opened.context.close();
    }
  }
}, 300_000);

test("the sheet of keys opens by a key, keeps the focus, and gives it back", async () => {
  const { page } = await openPage();
  await page.locator(".piece").first().waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.closest("dialog") !== null);
  const help = page.getByRole("button", { name: "Keys" });
  await help.focus();
  await page.keyboard.press("F1");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await sheet.waitFor();
  expect(await sheet.getByText("Undo").isVisible()).toBe(true);
  const seen = new Set<boolean>();
  for (let press = 0; press < 4; press += 1) {
    await page.keyboard.press("Tab");
    // The browser's own bar may have its turn, where nothing of the page has the focus.
    if (await page.evaluate(() => document.activeElement !== document.body)) seen.add(await focused());
  }
  expect([...seen]).toEqual([true]);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  expect(await help.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("Space is the song's after a press of the pointer, the button's after Tab, and a field's in a field", async () => {
  const { page } = await openPage();
  await page.getByRole("button", { name: /^Gymnopédie No\. 2 Erik Satie/ }).click();
  await page.getByRole("application").waitFor();
  const colours = page.getByRole("button", { name: /^Colours/ });
  await colours.click();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  expect(await colours.getAttribute("aria-label")).toBe("Colours: light");

  await page.getByRole("button", { name: "Close the song" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  expect(await colours.getAttribute("aria-label")).toBe("Colours: dark");

  await page.getByRole("button", { name: "Training" }).click();
  const field = page.getByRole("textbox").first();
  await field.fill("");
  await field.press("?");
  expect([await field.inputValue(), await page.getByRole("dialog").count()]).toEqual(["?", 0]);
});

test("light or dark is kept for the next time", async () => {
  const { page } = await openPage();
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  const button = page.getByRole("button", { name: /^Colours/ });
  await button.click();
  expect(await theme()).toBe("light");
  await button.click();
  expect(await theme()).toBe("dark");
  await page.reload();
  await button.waitFor();
  expect(await theme()).toBe("dark");
});

/** Bars are chosen, filled, and the candidates are there. */
async function withCandidates({ page }: OpenPage): Promise<void> {
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await page.getByRole("button", { name: "Fill", exact: true }).and(page.locator(".button-primary")).click();
  await page.getByRole("button", { name: /^Accept A/ }).waitFor();
}
