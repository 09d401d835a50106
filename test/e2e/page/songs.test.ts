/**
 * Opening songs: several files, files without tracks, new songs, and a daemon that does not answer.
 */
import { readFileSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { header, plainFile, track } from "../../bridge/support/smf.ts";
import { newAddress } from "../roll/browser-session.ts";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile, dropFiles, EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined);
const PIECE = readFileSync("test/fixtures/holmes-le-desir.mid");
/** A tempo and nothing else. */
const NO_TRACKS = Buffer.concat([header(1, 1, 96), track(0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20)]);

const title = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });
const ready = (page: Page) => page.locator(".piece").first().waitFor();

test("all files of a drop are opened, whatever their ending, and other files are named", async () => {
  const { page } = await openPage();
  await ready(page);
  await dropFiles(page, [
    ["cover.png", Buffer.from("no music")],
    ["one.mid", PIECE],
    ["two.kar", plainFile()],
    ["three.RMI", plainFile()],
    ["four.smf", plainFile()],
  ]);
  await title(page, "one").waitFor();
  await page.getByText("4 songs opened. The others are on the start page, under Your songs.").waitFor();
  await page.getByText("1 other file is not MIDI and was left out.").waitFor();
  await page.getByRole("button", { name: "Close the song" }).click();
  for (const name of ["one", "two", "three", "four"])
    await page.getByRole("button", { name: new RegExp(`^${name} \\d`) }).waitFor();
  await page.getByRole("button", { name: /^two \d/ }).click();
  await title(page, "two").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download .mid" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("two.mid");
});

test("all songs of a file that holds several are opened", async () => {
  const { page } = await openPage();
  await ready(page);
  await dropFile(page, "album.mid", Buffer.concat([PIECE, plainFile()]));
  await title(page, "album").waitFor();
  await page.getByText("2 songs opened. The others are on the start page, under Your songs.").waitFor();
  expect(await page.getByText(/--song/).count()).toBe(0);
  await page.getByRole("button", { name: "Close the song" }).click();
  await page.getByRole("button", { name: /^album \(2\) \d/ }).click();
  await title(page, "album (2)").waitFor();
});

test("a file without tracks is a song to add tracks to; what is drawn there is in the file", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await ready(page);
  await dropFile(page, "empty.mid", NO_TRACKS);
  await title(page, "empty").waitFor();
  await page.getByText("This song has no tracks yet. Add one to begin.").waitFor();
  await page.getByText("Add a part, or a track to write notes into yourself.").waitFor();
  const form = page.getByRole("form", { name: "Add a track" });
  await form.getByLabel("Instrument").selectOption({ label: "Fingered bass" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: /^Fingered bass 0 notes/ }).waitFor();
  await hand.area.focus();
  await page.keyboard.press("n");
  await expect.poll(async () => (await hand.roll()).song.tracks[0]?.notes.length).toBe(1);

  // Another one, which goes again while it is empty.
  await page.getByRole("button", { name: "Add track" }).click();
  await form.getByLabel("Name").fill("Kit");
  await form.getByLabel("Instrument").selectOption({ label: "Drums" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Remove Kit" }).click();
  await expect
    .poll(async () => (await hand.roll()).song.tracks.map(({ name }) => name))
    .toEqual(["Fingered bass"]);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download .mid" }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, NO_TRACKS.length).subarray(14).equals(NO_TRACKS.subarray(14))).toBe(true);
  await dropFile(page, "again.mid", bytes);
  await title(page, "again").waitFor();
  await page.getByRole("button", { name: /^Fingered bass 1 note/ }).waitFor();
});

test("a song begins from nothing, is filled, and is there after a reload", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await ready(page);
  await page.getByRole("button", { name: "New song" }).click();
  const form = page.getByRole("form", { name: "New song" });
  await form.getByLabel("Title").fill("Walzer");
  await form.getByLabel("Tempo").fill("90");
  await form.getByLabel("Meter").selectOption("3/4");
  await form.getByRole("button", { name: "Create" }).click();
  await title(page, "Walzer").waitFor();
  const { song } = await hand.roll();
  expect([song.tempoMap[0]?.qpm, song.timeSignatures[0]]).toEqual([
    90,
    { tick: 0, numerator: 3, denominator: 4 },
  ]);
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await page.locator(".fill-go").click();
  await page.getByText("Earlier candidates").waitFor();
  const { rollId } = await hand.roll();
  const names = async () => {
    const { texts } = await callDaemon<{ texts: { name: string }[] }>(daemon, "roll/kept", { rollId });
    return texts.map(({ name }) => name);
  };
  await expect.poll(names).toContain("place");
  await page.reload();
  await title(page, "Walzer").waitFor();
  await page.getByRole("button", { name: "Fill bars 1-4" }).waitFor();
});

test("two pages see each other's tracks", async () => {
  const { page, context } = await openPage();
  await page.getByRole("button", { name: /Gymnopédie/ }).click();
  await title(page, "Gymnopédie No. 2").waitFor();
  const other = await context.newPage();
  await other.goto(page.url());
  await title(other, "Gymnopédie No. 2").waitFor();
  await page.getByRole("button", { name: "Add track" }).click();
  await page
    .getByRole("form", { name: "Add a track" })
    .getByRole("button", { name: "Add", exact: true })
    .click();
  await other.getByRole("button", { name: /^Acoustic piano 0 notes/ }).waitFor();
  await other.getByRole("button", { name: "Remove Acoustic piano" }).click();
  await expect.poll(() => page.getByRole("button", { name: /^Acoustic piano 0 notes/ }).count()).toBe(0);
});

test("what is said goes away by itself, plainly worded, and stays while it is pointed at", async () => {
  const { page } = await openPage();
  await ready(page);
  await page.clock.install();
  await dropFile(page, "photo.png", Buffer.from("\u0089PNG, by its first bytes"));
  const alert = page.getByRole("alert");
  await alert.getByText("“photo.png” is not a MIDI file.").waitFor();
  await alert.hover();
  await page.clock.runFor(60_000);
  expect(await alert.count()).toBe(1);
  await page.mouse.move(10, 10);
  await page.clock.runFor(20_000);
  await alert.waitFor({ state: "detached" });
  // The same again is said once.
  await dropFile(page, "photo.png", Buffer.from("no"));
  await dropFile(page, "photo.png", Buffer.from("no"));
  await alert.first().waitFor();
  expect(await alert.count()).toBe(1);
});

testWith("Chromium, and signals", chromium !== undefined && process.platform !== "win32")(
  "a daemon that is there and does not answer is told by the banner, until it answers",
  async () => {
    const { page, daemon } = await openPage();
    await page.getByRole("button", { name: /Gymnopédie/ }).click();
    await title(page, "Gymnopédie No. 2").waitFor();
    const banner = page.getByText("Continuo is not answering; trying again.");
    daemon.child.kill("SIGSTOP");
    try {
      await banner.waitFor();
      await page.getByRole("application").focus();
      await page.keyboard.press("n");
      await page.getByText("Not sent yet").waitFor();
    } finally {
      daemon.child.kill("SIGCONT");
    }
    await banner.waitFor({ state: "hidden" });
    await page.getByText("Saved", { exact: true }).waitFor();
  },
);

test("an address that was used has a page in the page's own style; a browser that is known is let in", async () => {
  const [daemon, browser] = [await startDaemon(), await launchBrowser()];
  const address = await newAddress(daemon);
  const { page: known } = await openPage({ daemon, browser });
  await known.goto(address);
  await known.goto(address);
  await known.locator(".piece").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ colorScheme, bypassCSP: true });
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(403);
    await title(page, "This address has been used").waitFor();
    const look = await page.evaluate(() => {
      const card = document.querySelector(".whole-card");
      const { left = 0, right = 0, top = 0 } = card?.getBoundingClientRect() ?? {};
      const { fontFamily, backgroundColor } = getComputedStyle(document.body);
      return { left, right: innerWidth - right, top, fontFamily, backgroundColor };
    });
    // In the middle, in the page's type and colours.
    expect(Math.abs(look.left - look.right)).toBeLessThan(2);
    expect(look.top).toBeGreaterThan(60);
    expect(look.fontFamily).toContain("system-ui");
    expect(look.backgroundColor).toBe(colorScheme === "light" ? "rgb(245, 244, 241)" : "rgb(23, 24, 27)");
    await page.evaluate(axe.source);
    const found = await page.evaluate<{ violations: { id: string }[] }>("axe.run(document)");
    expect(found.violations.map(({ id }) => id)).toEqual([]);
    await page.close();
  }
});

test("notes that no MIDI file can hold are told in place of a download that fails", async () => {
  const { page, daemon } = await openPage();
  const hand = new EditorHand(page, daemon);
  await ready(page);
  await dropFile(page, "piece.mid", PIECE);
  await title(page, "piece").waitFor();
  const roll = await hand.roll();
  const [note] = roll.song.tracks[0]?.notes ?? [];
  if (note === undefined) throw new Error("the piece has notes");
  const around = {
    ...note,
    startTick: note.startTick + 1,
    durationTicks: Math.max(1, note.durationTicks - 2),
  };
  const response = await fetch(`${daemon.url}/v1/rpc`, {
    method: "POST",
    headers: { authorization: `Bearer ${daemon.token()}` },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "roll/edit",
      params: { rollId: roll.rollId, changes: [{ trackId: "1", removed: [], added: [around] }] },
    }),
  });
  expect(response.status).toBe(200);
  await page.getByRole("button", { name: "Download .mid" }).click();
  await page.getByText(/^Two notes of the same pitch overlap in bar \d+, beat \d+/).waitFor();
});
