/**
 * The editor in a real browser: what it paints as its window moves, and how pointer and keys change notes.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const PPQ = 480;
const BAR = 4 * PPQ;

/** A piano of eighths over 16 bars, drums beside it. */
function song() {
  const eighths = Array.from({ length: 128 }, (_, k) => ({
    startTick: k * 240,
    durationTicks: 200,
    pitch: 55 + ((k * 7) % 24),
    velocity: 40 + ((k * 13) % 80),
  }));
  const hits = Array.from({ length: 64 }, (_, k) => ({
    startTick: k * PPQ,
    durationTicks: 60,
    pitch: k % 2 === 0 ? 36 : 38,
    velocity: 100,
    channel: 9,
  }));
  return {
    ppq: PPQ,
    tempoMap: [{ tick: 0, qpm: 100 }],
    timeSignatures: [
      { tick: 0, numerator: 4, denominator: 4 },
      { tick: 8 * BAR, numerator: 7, denominator: 8 },
    ],
    tracks: [
      { id: "piano", name: "Piano", program: 0, isDrums: false, notes: eighths },
      { id: "drums", name: "", program: 0, isDrums: true, notes: hits },
    ],
  };
}

async function openSong(context = {}): Promise<{ page: Page; daemon: TestDaemon; hand: EditorHand }> {
  const daemon = await startDaemon();
  const { rollId } = await callDaemon<Roll>(daemon, "roll/open", { title: "Eighths", song: song() });
  const { page } = await openPage({ daemon, rollId, context });
  const hand = new EditorHand(page, daemon);
  await hand.area.waitFor();
  await expect.poll(() => hand.area.getAttribute("data-ticks-per-pixel")).not.toBeNull();
  await hand.still();
  return { page, daemon, hand };
}

/** How many pixels of the notes' area are not as they were when this was first asked; -1 that time. */
function changedPixels(page: Page): Promise<number> {
  return page
    .locator(".roll-canvases canvas")
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const data = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
      const now = new Uint32Array(data?.buffer ?? new ArrayBuffer(0));
      const kept = globalThis as { keptPixels?: Uint32Array };
      const before = kept.keptPixels;
      kept.keptPixels ??= now;
      if (before === undefined) return now.length === 0 || new Set(now).size < 10 ? 0 : -1;
      return now.length === before.length
        ? now.filter((pixel, at) => pixel !== before[at]).length
        : now.length;
    });
}

const browserTest = testWith("Chromium", chromium !== undefined);

browserTest("moved pixels equal repainted ones exactly", async () => {
  const { page, hand } = await openSong({ deviceScaleFactor: 1.5 });
  await hand.area.evaluate(async (area) => {
    const { left, top } = area.getBoundingClientRect();
    for (let step = 0; step < 40; step += 1) {
      const [deltaX, deltaY] = [[37.3, 5, -11, 90][step % 4] ?? 0, [3, -7.7, 0, 21, -14][step % 5] ?? 0];
      const at = { clientX: left + 300, clientY: top + 250, bubbles: true, cancelable: true };
      area.dispatchEvent(new WheelEvent("wheel", { ...at, deltaX, deltaY }));
      await new Promise(requestAnimationFrame);
    }
  });
  await hand.still();
  expect(await changedPixels(page)).toBe(-1);
  // Another selection is another picture: all of it is painted.
  await page.keyboard.press("Control+a");
  await hand.still();
  expect(await changedPixels(page)).toBeGreaterThan(1000);
  await page.keyboard.press("Escape");
  await hand.still();
  expect(await changedPixels(page)).toBe(0);
  const frames = await page.evaluate(() => performance.getEntriesByName("roll-frame").length);
  expect(frames).toBeGreaterThan(40);
});

browserTest("notes are drawn, moved, copied, shaped and deleted, each as one step", async () => {
  const { page, hand } = await openSong();
  const notes = async () => (await hand.roll()).song.tracks[0]?.notes ?? [];
  const drag = async (from: [number, number], to: [number, number], button: "left" | "right" = "left") => {
    const [start, end] = [await hand.pointOf(...from), await hand.pointOf(...to)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down({ button });
    if (from[0] !== to[0] || from[1] !== to[1]) await page.mouse.move(end.x, end.y, { steps: 4 });
    await page.mouse.up({ button });
  };
  const at = (startTick: number, durationTicks: number, pitch: number) =>
    expect.objectContaining({ startTick, durationTicks, pitch });
  await page.keyboard.press("2");
  await drag([2 * BAR + 10, 80], [2 * BAR + 475, 80]);
  await expect.poll(notes).toContainEqual(at(2 * BAR, PPQ, 80));
  await expect
    .poll(() => page.locator("#roll-status").textContent())
    .toBe("Ab5, bar 3 beat 1, quarter, velocity 90");
  // A longer one that is drawn over it takes its place, in the same step.
  await drag([2 * BAR - 230, 80], [2 * BAR + 230, 80]);
  await expect.poll(notes).toContainEqual(at(2 * BAR - 240, PPQ, 80));
  expect(await notes()).toHaveLength(129);
  await page.keyboard.press("Control+z");
  await expect.poll(notes).toContainEqual(at(2 * BAR, PPQ, 80));
  expect(await notes()).toHaveLength(129);
  await page.keyboard.press("1");
  await drag([2 * BAR + 240, 80], [3 * BAR + 240, 79]);
  await expect.poll(notes).toContainEqual(at(3 * BAR, PPQ, 79));
  await drag([3 * BAR + 470, 79], [3 * BAR + 950, 79]);
  await expect.poll(notes).toContainEqual(at(3 * BAR, 2 * PPQ, 79));
  await page.keyboard.down("Alt");
  await drag([3 * BAR + 480, 79], [4 * BAR + 480, 79]);
  await page.keyboard.up("Alt");
  await expect.poll(notes).toContainEqual(at(4 * BAR, 2 * PPQ, 79));
  expect(await notes()).toHaveLength(130);
  await page.keyboard.press("2");
  await drag([4 * BAR + 480, 79], [4 * BAR + 480, 79], "right");
  await expect.poll(async () => (await notes()).length).toBe(129);
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Control+z");
  await expect.poll(async () => (await hand.roll()).song.tracks[0]?.notes.length).toBe(128);
});

browserTest("bars are marked on the ruler through a change of meter, by pointer and by keys", async () => {
  const { page, hand } = await openSong();
  const button = (name: string) => page.locator(".roll-region").getByRole("button", { name, exact: true });
  await page.keyboard.press("0");
  await hand.markBars(8, 9);
  await button("Fill bars 8-9").waitFor();
  await page.keyboard.press("Shift+ArrowRight");
  await button("Fill bars 8-10").waitFor();
  // An edge is taken and dragged back by a bar.
  const edge = await hand.pointOf(8 * BAR + 2 * 7 * 240, 60);
  const { y } = (await hand.area.boundingBox()) ?? { y: 0 };
  const to = await hand.pointOf(8 * BAR + 7 * 240 - 60, 60);
  await page.mouse.move(edge.x, y + 60);
  await page.mouse.down();
  await page.mouse.move(to.x, y + 60, { steps: 4 });
  await page.mouse.up();
  await button("Fill bars 8-9").waitFor();
  // The other track has it when it is worked on.
  await page.getByRole("button", { name: /^Track 2/ }).click();
  await button("Fill bars 8-9").waitFor();
  await page.getByRole("button", { name: "Unmark bars 8-9" }).click();
  await expect.poll(() => page.locator(".roll-region").count()).toBe(0);
});

browserTest("a fill's lowest and highest pitch are set by keys, and notes are locked", async () => {
  const { page, hand } = await openSong();
  await hand.markBars(2, 3);
  const highest = page.getByRole("slider", { name: "Highest pitch of a fill" });
  await highest.focus();
  expect(await highest.getAttribute("aria-valuetext")).toBe("free");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("PageDown");
  const value = Number(await highest.getAttribute("aria-valuenow"));
  expect(value).toBeLessThan(110);
  await page.keyboard.press("Delete");
  expect(await highest.getAttribute("aria-valuetext")).toBe("free");
  await hand.area.focus();
  await page.keyboard.press("Control+a");
  const status = page.locator("#roll-status");
  await expect.poll(() => status.textContent()).toMatch(/^16 notes selected, bars 2-3/);
  await page.keyboard.press("l");
  await expect.poll(() => status.textContent()).toBe("16 notes locked: a fill keeps what is locked");
  await page.keyboard.press("l");
  await expect.poll(() => status.textContent()).toBe("16 notes unlocked");
});
