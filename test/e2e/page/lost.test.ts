/**
 * The daemon disappears while the page is open: the page says so, keeps working, and reconnects by itself.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { launchBrowser, newContext } from "../support/browser.ts";
import { newHome, startDaemon } from "../support/daemon.ts";
import { chromium, isLinux, isRoot, testWith } from "../support/needs.ts";
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

testWith("a Chromium, and root", chromium !== undefined && isLinux && isRoot)(
  "a full disk: the page warns, keeps what is done, and has it saved when there is room",
  async () => {
    const home = newHome();
    const folder = join(home, "rolls");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", folder]);
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    const daemon = await startDaemon({ home });
    const { page } = await openPage({ daemon });
    await page.getByRole("button", { name: /Gymnopédie/ }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    const rollId = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("roll") ?? "";
    try {
      for (;;) writeFileSync(join(folder, "filler"), Buffer.alloc(4_096), { flag: "a" });
    } catch {
      // Now it is full.
    }
    await page.getByRole("application").focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    const banner = page.getByText("Your work cannot be saved: the disk is full.");
    await banner.waitFor();
    await page.getByText("Not saved yet").waitFor();
    const counts = async () =>
      (await callDaemon<Song>(daemon, "roll/get", { rollId })).song.tracks.map(({ notes }) => notes.length);
    expect(await counts()).toEqual([306, 65]);
    // A page that is opened now is warned as well.
    const other = await openPage({ daemon });
    await other.page.getByText("Your work cannot be saved: the disk is full.").waitFor();

    rmSync(join(folder, "filler"));
    await banner.waitFor({ state: "hidden" });
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await counts()).toEqual([0, 65]);
  },
);

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
