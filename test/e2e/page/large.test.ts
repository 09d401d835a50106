/**
 * Twenty thousand visible notes: painted, scrolled, edited and filled.
 */
import { expect } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const TRACKS = 8;
const NOTES_EACH = 2_500;
const STEP = 120;

function manyNotes() {
  const tracks = Array.from({ length: TRACKS }, (_, track) => ({
    id: `t${track}`,
    name: `Track ${track + 1}`,
    program: track * 8,
    notes: Array.from({ length: NOTES_EACH }, (_, k) => ({
      startTick: Math.floor(k / 2) * STEP,
      durationTicks: STEP - 10,
      pitch: 30 + ((track * 11 + k * 7 + (k % 2) * 4) % 36) + track,
      velocity: 40 + ((k * 13) % 80),
    })),
  }));
  return { ppq: 480, tracks };
}

testWith("Chromium", chromium !== undefined)(
  "twenty thousand notes are drawn, moved and filled",
  async () => {
    const daemon = await startDaemon();
    const roll = await callDaemon<Roll>(daemon, "roll/open", { title: "Many", song: manyNotes() });
    const { page, complaints } = await openPage({ daemon, rollId: roll.rollId });
    const hand = new EditorHand(page, daemon);
    await page.getByRole("button", { name: "Whole song" }).click();
    const painted = () => page.evaluate(() => performance.getEntriesByName("roll-frame").length);
    await expect.poll(painted).toBeGreaterThan(0);
    const frames = await painted();
    await hand.area.hover();
    await page.mouse.wheel(200, 0);
    await page.mouse.wheel(0, 60);
    await expect.poll(painted).toBeGreaterThan(frames);

    // All notes of the track up by one, as one step.
    await hand.area.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("ArrowUp");
    const first = roll.song.tracks[0]?.notes.map(({ pitch }) => pitch + 1);
    const pitches = async () => (await hand.roll()).song.tracks[0]?.notes.map(({ pitch }) => pitch);
    const sorted = (values: number[] | undefined) => [...(values ?? [])].sort((a, b) => a - b);
    await expect.poll(async () => sorted(await pitches())).toEqual(sorted(first));
    await page.keyboard.press("Control+Z");
    await expect.poll(async () => (await hand.roll()).song).toEqual(roll.song);

    await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
    const panel = page.getByRole("region", { name: "Fill", exact: true });
    await panel.getByRole("button", { name: "Fill", exact: true }).click();
    await panel.getByRole("button", { name: "Accept A", exact: true }).click();
    await expect.poll(async () => (await hand.roll()).version).toBe(roll.version + 3);
    expect(complaints).toEqual([]);
  },
);
