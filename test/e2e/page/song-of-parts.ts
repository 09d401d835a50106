/**
 * Opens a song with several tracks in the page.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

/** A song of many tracks. */
async function openTracks(daemon: TestDaemon, count: number): Promise<string> {
  const tracks = Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    name: `Part ${at + 1}`,
    program: at,
    notes: Array.from({ length: 16 }, (_, k) => ({
      startTick: k * 480,
      durationTicks: 400,
      pitch: 48 + ((at * 5 + k * 3) % 36),
      velocity: 80,
    })),
  }));
  const { rollId } = await callDaemon<Roll>(daemon, "roll/open", {
    title: "Parts",
    song: { ppq: 480, tracks },
  });
  return rollId;
}

/** Open the page with such a song, and wait until it is drawn. */
export async function openSong(count = 4, context = {}) {
  const daemon = await startDaemon();
  const rollId = await openTracks(daemon, count);
  const opened = await openPage({ daemon, rollId, context });
  const hand = new EditorHand(opened.page, daemon);
  await hand.area.waitFor();
  await expect.poll(() => hand.area.getAttribute("data-ticks-per-pixel")).not.toBeNull();
  return { ...opened, hand };
}

/** Have the page choose bars, and fill them. */
export async function fillChosenBars(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await page.locator(".fill-go").click();
  await page.getByText("Earlier candidates").waitFor();
}
