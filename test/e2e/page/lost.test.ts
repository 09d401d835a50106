/**
 * The daemon disappears while the page is open: the page says so, keeps working, and reconnects by itself.
 */
import { expect } from "vitest";
import { launchBrowser, newContext } from "../support/browser.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("a Chromium", chromium !== undefined);

interface Song {
  song: { tracks: { notes: object[] }[] };
}

test("a daemon that is killed and started again gets what was done in the meantime, once", async () => {
  const daemon = await startDaemon();
  const { page } = await openPage({ daemon });
  await page.getByRole("button", { name: /Gymnopédie/ }).click();
  await page.getByRole("heading", { name: "Gymnopédie No. 2", level: 1 }).waitFor();
  const rollId = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("roll") ?? "";
  const saved = page.getByText("Saved", { exact: true });
  await saved.waitFor();

  daemon.child.kill("SIGKILL");
  await daemon.ended;
  const banner = page.getByText("Continuo is not answering; trying again.");
  await banner.waitFor();
  await page.getByRole("application").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.getByText("Not sent yet").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);

  const again = await startDaemon({ home: daemon.home, args: ["--port", String(daemon.port)] });
  await banner.waitFor({ state: "hidden" });
  await saved.waitFor();
  const counts = async () => {
    const { song } = await callDaemon<Song>(again, "roll/get", { rollId });
    return song.tracks.map(({ notes }) => notes.length);
  };
  expect(await counts()).toEqual([0, 65]);
  await page.getByRole("button", { name: /^Undo: / }).click();
  await expect.poll(counts).toEqual([306, 65]);
});

test("who comes without the key is told how to get in, and nothing else", async () => {
  const daemon = await startDaemon();
  const browser = await launchBrowser();
  const page = await (await newContext(browser)).newPage();
  await page.goto(daemon.url);
  await page.getByRole("heading", { name: "This page needs a key" }).waitFor();
  expect(await page.getByText("continuo open").isVisible()).toBe(true);
  expect(await page.getByRole("button", { name: "Copy the command" }).isVisible()).toBe(true);
  expect(await page.locator(".piece").count()).toBe(0);
});

test("the page stands before the daemon has let it in", async () => {
  const { page } = await openPage();
  await page.locator(".piece").first().waitFor();
  // The socket is held up, not the page.
  await page.routeWebSocket(/v1\/ws/, () => {});
  await page.reload();
  await page.getByRole("heading", { name: "Drop a MIDI file, or try one of these" }).waitFor();
  expect(await page.getByRole("button", { name: "Choose a MIDI file" }).isDisabled()).toBe(true);
});
