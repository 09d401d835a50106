/**
 * What is restored after a reload of the page, and what the daemon never removes, in a real browser with a real
 * daemon.
 */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined);
const PIECE = "test/fixtures/holmes-le-desir.mid";

const title = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });
const viewOf = (hand: EditorHand) =>
  hand.area.evaluate((element) => {
    const { startTick, ticksPerPixel, topPitch, pixelsPerPitch } = (element as HTMLElement).dataset;
    return [startTick, ticksPerPixel, topPitch, pixelsPerPitch].map(Number);
  });
const songOf = async (hand: EditorHand) => (await hand.roll()).song;
const sorted = (song: Roll["song"]) =>
  song.tracks.map(({ notes }) => notes.map((note) => JSON.stringify(note)).sort());

/** What the page has kept with the open song so far, by name. */
async function keptTexts(daemon: TestDaemon, hand: EditorHand): Promise<Map<string, string>> {
  const { rollId } = await hand.roll();
  const { texts } = await callDaemon<{ texts: { name: string; text: string }[] }>(daemon, "roll/kept", {
    rollId,
  });
  return new Map(texts.map(({ name, text }) => [name, text]));
}

/** Open newer songs. @param count  more than are kept */
async function openOthers(daemon: TestDaemon, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
    await callDaemon(daemon, "roll/open", { title: `Other ${number}`, song });
  }
}

test("after a reload everything is undone that could be undone, step by step", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await title(page, "piece").waitFor();
  await hand.area.focus();
  const songs = [await songOf(hand)];
  const steps = ["Control+a", "ArrowUp", "q", "Control+d", "Delete", "n"];
  let { version } = await hand.roll();
  for (const key of steps) {
    await page.keyboard.press(key);
    if (key === "Control+a") continue;
    version += 1;
    await expect.poll(async () => (await hand.roll()).version).toBe(version);
    songs.push(await songOf(hand));
  }
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await hand.roll()).version).toBe(version + 1);
  await page.reload();
  await title(page, "piece").waitFor();
  const undo = page.getByRole("button", { name: /^Undo: / });
  const redo = page.getByRole("button", { name: /^Redo: / });
  await redo.click();
  await expect.poll(async () => sorted(await songOf(hand))).toEqual(sorted(songs.at(-1) ?? fail()));
  for (const song of songs.slice(0, -1).reverse()) {
    await undo.click();
    await expect.poll(async () => sorted(await songOf(hand))).toEqual(sorted(song));
  }
  await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
});

test("locks, mutes, solo, window and region are as they were, after a reload and in the next daemon", async () => {
  const daemon = await startDaemon();
  const { page } = await openPage({ daemon });
  const hand = new EditorHand(page, daemon);
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await title(page, "piece").waitFor();
  await hand.markBars(3, 6);
  await hand.area.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("l");
  await page
    .getByRole("button", { name: /^Mute / })
    .nth(1)
    .click();
  await page
    .getByRole("button", { name: /^Solo / })
    .nth(2)
    .click();
  await page
    .getByRole("slider", { name: /^Volume of / })
    .nth(1)
    .fill("0.4");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await hand.area.hover();
  await page.mouse.wheel(150, 40);
  const view = await viewOf(hand);
  const look = async () => ({
    muted: await pressed(page, /^Mute /),
    solo: await pressed(page, /^Solo /),
    volume: await page
      .getByRole("slider", { name: /^Volume of / })
      .nth(1)
      .inputValue(),
  });
  const before = await look();
  expect(before).toEqual({ muted: [false, true, false], solo: [false, false, true], volume: "0.4" });
  const check = async () => {
    await title(page, "piece").waitFor();
    await page.getByRole("button", { name: "Fill bars 3-6" }).waitFor();
    expect(await look()).toEqual(before);
    await expect.poll(() => viewOf(hand)).toEqual(view);
    // Those that are locked are still: L frees them.
    await hand.area.focus();
    await page.keyboard.press("Control+a");
    await page.getByRole("button", { name: /^Unlock/ }).waitFor();
    await page.keyboard.press("Escape");
  };
  await page.reload();
  await check();
  await daemon.stop();
  const again = await startDaemon({ home: daemon.home, args: ["--port", String(daemon.port)] });
  await page.reload();
  await check();
  await again.stop();
});

async function pressed(page: Page, name: RegExp): Promise<boolean[]> {
  const buttons = await page.getByRole("button", { name }).all();
  return Promise.all(buttons.map(async (button) => (await button.getAttribute("aria-pressed")) === "true"));
}

test("a song that is open on screen stays, and one with changes, however many others are opened", async () => {
  const { page, daemon, context } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: /Gymnopédie/ }).click();
  await title(page, "Gymnopédie No. 2").waitFor();
  const open = (await hand.roll()).rollId;
  // Another window changes a song and closes it; a third one is looked at only.
  const other = await context.newPage();
  await other.goto(new URL(page.url()).origin);
  await other.getByRole("button", { name: /^Après un rêve/ }).click();
  await title(other, "Après un rêve").waitFor();
  await other.getByRole("application").focus();
  await other.keyboard.press("n");
  await other.getByRole("button", { name: /^Undo: Draw/ }).waitFor();
  await other.getByText("Saved", { exact: true }).waitFor();
  const changed = new URLSearchParams(new URL(other.url()).hash.slice(1)).get("roll");
  await other.getByRole("button", { name: "Close the song" }).click();
  await other.getByRole("button", { name: /^Veni Emmanuel/ }).click();
  await title(other, "Veni Emmanuel").waitFor();
  await other.getByRole("button", { name: "Close the song" }).click();
  await openOthers(daemon, 45);

  const { rolls } = await callDaemon<{ rolls: { rollId: string; title: string }[] }>(daemon, "roll/list", {});
  expect(rolls.map(({ rollId }) => rollId)).toEqual(expect.arrayContaining([open, changed]));
  // Those that went were named.
  await other
    .getByText(/are no longer kept here|is no longer kept here/)
    .first()
    .waitFor();
  expect(rolls.map((roll) => roll.title)).not.toContain("Veni Emmanuel");
  await page.getByRole("application").focus();
  await page.keyboard.press("n");
  await expect.poll(async () => (await hand.roll()).version).toBe(1);
  await page.reload();
  await title(page, "Gymnopédie No. 2").waitFor();
});

test("every song is reached from the page, found by its name, and removed when that was confirmed", async () => {
  const daemon = await startDaemon();
  await openOthers(daemon, 30);
  const { page } = await openPage({ daemon });
  const songs = page.getByRole("region", { name: "Your songs" });
  const open = songs.getByRole("button", { name: /^Other \d+/ });
  await expect.poll(() => open.count()).toBe(8);
  await songs.getByRole("button", { name: "Show all 30" }).click();
  expect(await open.count()).toBe(30);
  await songs.getByRole("searchbox", { name: "Find a song" }).fill("other 17");
  await expect.poll(() => open.count()).toBe(1);
  await songs.getByRole("button", { name: "Remove Other 17" }).click();
  await songs.getByRole("button", { name: "Keep", exact: true }).click();
  await songs.getByRole("button", { name: "Remove Other 17" }).click();
  await songs.getByRole("button", { name: "Remove", exact: true }).click();
  await expect.poll(() => open.count()).toBe(0);
  await songs.getByRole("searchbox", { name: "Find a song" }).fill("");
  await expect.poll(() => open.count()).toBe(29);
  await songs.getByRole("button", { name: /^Other 1 / }).click();
  await title(page, "Other 1").waitFor();
});

test("a file that was changed before offers the changed song and the file as it is", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await title(page, "piece").waitFor();
  const bar = page.getByRole("region", { name: "An earlier version" });
  expect(await bar.count()).toBe(0);
  await hand.area.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect.poll(async () => (await songOf(hand)).tracks[0]?.notes.length).toBe(0);
  const changed = (await hand.roll()).rollId;

  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await bar.getByRole("button", { name: "Use the file" }).click();
  await bar.waitFor({ state: "hidden" });
  expect((await songOf(hand)).tracks[0]?.notes).toHaveLength(209);

  await dropFile(page, "piece.mid", readFileSync(PIECE));
  await bar.getByRole("button", { name: "Open my version" }).click();
  await expect.poll(async () => (await hand.roll()).rollId).toBe(changed);
  await page.getByRole("button", { name: /^Undo: Delete 209 notes/ }).click();
  await expect.poll(async () => (await songOf(hand)).tracks[0]?.notes.length).toBe(209);
});

test("a candidate with a star, and dozens of fills, are there after a reload", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await page.getByRole("button", { name: /Gymnopédie/ }).click();
  await title(page, "Gymnopédie No. 2").waitFor();
  await hand.markBars(2, 3);
  const panel = page.getByRole("region", { name: "Fill", exact: true });
  await panel.getByRole("slider", { name: "Candidates" }).fill("8");
  const fills = 28;
  for (let count = 0; count < fills; count += 1) {
    await panel.locator(".fill-go").click();
    await panel
      .getByText("Earlier candidates")
      .getByText(String(count + 1), { exact: true })
      .waitFor();
    if (count === 0) await panel.getByRole("button", { name: "Star candidate A" }).click();
  }
  const keptFills = async () =>
    [...(await keptTexts(daemon, hand)).keys()].filter((name) => name.startsWith("fill."));
  await expect.poll(keptFills).toHaveLength(fills);
  await page.reload();
  await title(page, "Gymnopédie No. 2").waitFor();
  await panel.getByText("Earlier candidates").click();
  await panel.getByText("Earlier candidates").getByText(String(fills), { exact: true }).waitFor();
  await panel.getByLabel("Only those with a star").check();
  expect(await panel.getByRole("button", { name: /^Bring back candidate/ }).count()).toBe(1);
  await panel.getByRole("button", { name: /^Bring back candidate A .*, with a star$/ }).click();
  await panel.getByRole("button", { name: "Accept A", exact: true }).waitFor();
});

test("two pages on one song: undo never doubles a note that the other page moved on", async () => {
  const browser = await launchBrowser();
  const { page, daemon, context } = await openPage({ browser });
  const hand = new EditorHand(page, daemon);
  const note = { startTick: 0, durationTicks: 240, pitch: 60, velocity: 80 };
  const { rollId } = await callDaemon<Roll>(daemon, "roll/open", {
    title: "One note",
    song: { ppq: 480, tracks: [{ id: "a", name: "Piano", notes: [note] }] },
  });
  await page.goto(`${daemon.url}/#roll=${rollId}`);
  await page.reload();
  await title(page, "One note").waitFor();
  const other = await context.newPage();
  await other.goto(`${daemon.url}/#roll=${rollId}`);
  await title(other, "One note").waitFor();
  const pitches = async () => (await hand.roll()).song.tracks[0]?.notes.map(({ pitch }) => pitch);
  const up = async (where: Page) => {
    await where.getByRole("application").focus();
    await where.keyboard.press("Control+a");
    await where.keyboard.press("ArrowUp");
  };
  await up(page);
  await expect.poll(pitches).toEqual([61]);
  await other.getByText("1 note", { exact: false }).first().waitFor();
  await up(other);
  await expect.poll(pitches).toEqual([62]);
  await page.keyboard.press("Control+z");
  // What the page does later reaches the daemon later, so an edit by the undoing would have come by then.
  await page.getByRole("button", { name: "Mute Piano" }).click();
  await expect.poll(async () => (await keptTexts(daemon, hand)).has("tracks")).toBe(true);
  expect(await pitches()).toEqual([62]);
  await other.keyboard.press("Control+z");
  await expect.poll(pitches).toEqual([61]);
});

function fail(): never {
  throw new Error("no song");
}
