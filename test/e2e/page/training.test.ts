/**
 * The training window in a real browser: adds files, shows curves, plays checkpoints, installs the model.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect, onTestFinished, vi } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { TRAINING_MS } from "../support/wait.ts";
import { openPage } from "./open-page.ts";

const inBrowser = testWith("Chromium", chromium !== undefined);
const FIXTURES = resolve("test/fixtures");

vi.setConfig({ testTimeout: 2 * TRAINING_MS });

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: { run(what: string): Promise<Found> } };
    interface Found {
      violations: { id: string; nodes: { html: string }[] }[];
    }
    const found = await loaded.run(".training");
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

inBrowser("it is taught, watched, paused, heard, compared unseen and installed", async () => {
  const { page, complaints } = await openPage();
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  await button("Training").click();
  expect(await button("Start learning").isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await page.getByPlaceholder("/home/me/Music/midi").fill("no/path");
  await button("Add folder").click();
  await page.getByText("no/path is not a folder on this machine").waitFor();
  await page.getByPlaceholder("/home/me/Music/midi").fill(FIXTURES);
  await page.keyboard.press("Enter");
  const count = readdirSync(FIXTURES, { recursive: true }).filter((name) =>
    String(name).endsWith(".mid"),
  ).length;
  await page.getByText(`${FIXTURES}: ${count} files`).waitFor();
  await page
    .getByLabel("MIDI files to learn from")
    .setInputFiles([resolve(FIXTURES, "holmes-le-desir.mid"), resolve(FIXTURES, "README.md")]);
  await page.getByText("1 dropped file", { exact: true }).waitFor();
  const transfer = await page.evaluateHandle(() => {
    const made = new DataTransfer();
    for (const name of ["dropped.mid", "notes.txt"]) made.items.add(new File(["MThd"], name));
    return made;
  });
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.locator(".training-side").dispatchEvent(event, { dataTransfer: transfer });
  }
  await page.getByText("2 dropped files", { exact: true }).waitFor();
  // It was not opened as a song as well.
  expect(await page.getByRole("heading", { name: "dropped" }).count()).toBe(0);
  await page.getByText(`It learns from ${count + 2} files.`).waitFor();
  await page.getByLabel("Name").fill("Test style");
  await button("Start learning").click();

  await page.locator(".training-plot canvas").waitFor({ timeout: TRAINING_MS });
  const plot = page.locator(".training-plot");
  await expect
    .poll(() => plot.getAttribute("aria-label"), { timeout: TRAINING_MS })
    .toMatch(/held out from \d/);
  await page.getByText("What it learns from").waitFor();
  // In the reader's own colours, too, each curve's name has a piece of its line.
  await page.emulateMedia({ forcedColors: "active" });
  const lines = await page.locator(".training-key").evaluateAll((keys) =>
    keys.map((key) => {
      const { backgroundColor } = getComputedStyle(key, "::before");
      return [backgroundColor, getComputedStyle(key).color];
    }),
  );
  expect(lines).toHaveLength(2);
  for (const [line, text] of lines) expect(line).toBe(text);
  await page.emulateMedia({ forcedColors: null });
  await page.getByText("6 pieces").waitFor();
  await page.getByText("1 file twice there, counted once. 1 file could not be read.").waitFor();
  await button("Pause").click();
  await button("Resume").waitFor({ timeout: TRAINING_MS });
  expect(await violations(page)).toEqual([]);

  await button("Take a piece").click();
  await button("Fill by each").click();
  await button(/^Play Before/).waitFor({ timeout: TRAINING_MS });
  await button(/^Play Its best/).waitFor({ timeout: TRAINING_MS });
  await button(/^Play Its best/).click();
  expect(await button(/^Stop Its best/).getAttribute("aria-pressed")).toBe("true");
  await button(/^Stop Its best/).click();

  await button("Resume").click();
  await button("Pause").waitFor();
  await button("Finish now").click();
  await expect.poll(() => button("Install").isEnabled(), { timeout: TRAINING_MS }).toBe(true);
  await button("Install").click();
  await page.getByText("installed as test-style").waitFor();

  await button("Blind test").click();
  expect(await page.getByLabel("This model").inputValue()).toBe("test-style");
  await page.getByLabel("against").selectOption("tiny");
  await button("Begin").click();
  await button("Left is better").waitFor({ timeout: TRAINING_MS });
  expect(await violations(page)).toEqual([]);
  // Nobody chooses before both were heard.
  const choices = () =>
    Promise.all(
      ["Left is better", "Right is better", "No difference"].map((name) => button(name).isEnabled()),
    );
  expect(await choices()).toEqual([false, false, false]);
  await hearTake(page, "Left");
  expect(await choices()).toEqual([false, false, false]);
  await hearTake(page, "Right");
  await expect.poll(choices).toEqual([true, true, true]);
  await button("Left is better").click();
  await page.getByText(/^Left was (test-style|tiny), right was (test-style|tiny)\.$/).waitFor();
  await page.getByText(/^[01] of 1 for test-style: too few to tell/).waitFor();
  await button("Another round").click();
  await button("No difference").waitFor();
  expect(await button("No difference").isEnabled()).toBe(false);
  for (const side of ["Left", "Right"]) await hearTake(page, side);
  await button("No difference").click();
  await page.getByText(/, 1 without a difference: too few/).waitFor();

  await button("Installed models").click();
  await page.getByText("test-style", { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: /^Test style/ }).click();
  await button("Delete Test style").click();
  await button("Delete for good").click();
  await page.getByText("No trainings yet.").waitFor();
  expect(complaints).toEqual([]);
});

/** Play a take until its bars begin. */
async function hearTake(page: Page, side: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^Play ${side}, `) }).click();
  await page.getByRole("button", { name: new RegExp(`^Stop ${side}, `) }).waitFor();
  await expect.poll(() => page.getByText(`${side} heard`, { exact: true }).count()).toBe(1);
}

inBrowser("where the module for training is missing, that is said before anything is chosen", async () => {
  const folder = mkdtempSync(join(tmpdir(), "continuo-untrained-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["package.json", "node_modules", "models"])
    symlinkSync(resolve(name), join(folder, name));
  cpSync(resolve("dist"), join(folder, "dist"), {
    recursive: true,
    filter: (path) => !basename(path).startsWith("continuo-train."),
  });
  const { page } = await openPage({ start: { program: join(folder, "dist", "cli.js") } });
  await page.getByRole("button", { name: "Training" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Nothing can be trained on this machine yet" });
  await alert.waitFor();
  expect(await alert.textContent()).toContain("continuo-train");
  await page.getByLabel("MIDI files to learn from").setInputFiles([resolve(FIXTURES, "holmes-le-desir.mid")]);
  await page.getByText("1 dropped file", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Start learning" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
});
