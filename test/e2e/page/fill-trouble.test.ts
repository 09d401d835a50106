/**
 * Fills that fail in the browser: cancelled, impossible, or with the daemon killed. The song stays unchanged, the
 * page says what happened, and the next fill works.
 */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { chromium, isLinux, testWith } from "../support/needs.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined && isLinux);
const SONG = "test/fixtures/faure-apres-un-reve.mid";
const C_SHARP_4 = 61;

async function openSong(): Promise<{ page: Page; daemon: TestDaemon; roll: Roll }> {
  const daemon = await startDaemon();
  const file = readFileSync(SONG).toString("base64");
  const roll = await callDaemon<Roll>(daemon, "roll/open", { title: "Après un rêve", file });
  const { page } = await openPage({ daemon, rollId: roll.rollId });
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  return { page, daemon, roll };
}

const fillButton = (page: Page) => page.locator(".fill-go");
const cards = (page: Page) => page.getByRole("radio", { name: /^Candidate [A-H]:/ });

async function notesNow(daemon: TestDaemon, { rollId }: Roll) {
  return (await callDaemon<Roll>(daemon, "roll/get", { rollId })).song.tracks;
}

test("a fill that is cancelled by Escape leaves the song as it was", async () => {
  const { page, daemon, roll } = await openSong();
  const before = await notesNow(daemon, roll);
  // Nothing comes back until it goes on.
  daemon.child.kill("SIGSTOP");
  onTestFinished(() => void daemon.child.kill("SIGCONT"));
  await fillButton(page).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await page.keyboard.press("Escape");
  await fillButton(page).waitFor();
  daemon.child.kill("SIGCONT");
  expect(await notesNow(daemon, roll)).toEqual(before);
  await fillButton(page).click();
  await expect.poll(() => cards(page).count()).toBe(4);
  expect(await notesNow(daemon, roll)).toEqual(before);
});

test("what no note can fulfil is said in the daemon's sentence, beside the button", async () => {
  const { page } = await openSong();
  await page.getByText("More", { exact: true }).click();
  await page.getByLabel("Scale").selectOption("chosen");
  for (const side of ["Highest", "Lowest"]) {
    await setTo(page.getByRole("slider", { name: `${side} pitch of a fill` }), C_SHARP_4);
  }
  await page.getByText("C#4 to C#4").waitFor();
  await fillButton(page).click();
  const alert = page.locator(".fill-panel").getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toBe(
    "No pitch from 61 to 61 is in the scale C major; widen the range or change the scale.",
  );
  await page.getByRole("button", { name: "Free" }).click();
  await fillButton(page).click();
  await cards(page).first().waitFor();
  expect(await alert.count()).toBe(0);
});

test("a daemon that is killed during a fill and started again: the page says so, and then fills", async () => {
  const { page, daemon, roll } = await openSong();
  const before = await notesNow(daemon, roll);
  daemon.child.kill("SIGSTOP");
  await fillButton(page).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  const alert = page.locator(".fill-panel").getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toContain("The connection to Continuo was lost");
  const next = await startDaemon({ home: daemon.home, args: ["--port", String(daemon.port)] });
  await page.getByText("Continuo is not answering").waitFor({ state: "detached" });
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => cards(page).count()).toBe(4);
  expect(await alert.count()).toBe(0);
  expect(await notesNow(next, roll)).toEqual(before);
  await page.getByRole("button", { name: "Accept A" }).click();
  await expect.poll(() => notesNow(next, roll)).not.toEqual(before);
});

/** Move a slider by its keys. */
async function setTo(slider: Locator, value: number): Promise<void> {
  await slider.focus();
  await slider.press("ArrowDown");
  for (let presses = 0; presses < 127; presses += 1) {
    const now = Number(await slider.getAttribute("aria-valuenow"));
    if (now === value) return;
    await slider.press(now < value ? "ArrowUp" : "ArrowDown");
  }
  throw new Error(`the slider does not reach ${value}`);
}
