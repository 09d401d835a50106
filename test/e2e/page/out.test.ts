/**
 * Exports from the page: a download, a drag and the folder give the same bytes; and the message for an invalid file.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import midi from "@tonejs/midi";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile } from "./editor-hand.ts";
import { callDaemon, type OpenPage, openPage } from "./open-page.ts";

const test = testWith("a Chromium", chromium !== undefined);
const FILE = join(import.meta.dirname, "../../fixtures/faure-apres-un-reve.mid");
const BYTES = readFileSync(FILE);

async function downloaded(page: Page): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download .mid" }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** What the handle gives to a DAW. */
async function carried(page: Page): Promise<{ download: string; list: string }> {
  return page.locator(".drag-handle").evaluate((handle) => {
    const transfer = new DataTransfer();
    handle.dispatchEvent(
      new DragEvent("dragstart", { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
    return { download: transfer.getData("DownloadURL"), list: transfer.getData("text/uri-list") };
  });
}

/** As the browser itself fetches what was dragged out of the page: with the page's cookie. */
async function fetched(page: Page, url: string): Promise<Buffer> {
  const bytes = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    return [...new Uint8Array(await answer.arrayBuffer())];
  }, url);
  return Buffer.from(bytes);
}

async function addNote({ daemon, page }: OpenPage): Promise<void> {
  const rollId = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("roll");
  const note = { startTick: 960, durationTicks: 240, pitch: 13, velocity: 77 };
  const changes = [{ trackId: "1", removed: [], added: [note] }];
  await callDaemon(daemon, "roll/edit", { rollId, changes });
}

test("a dropped file leaves as it came, by a download, a drag and the folder", async () => {
  const opened = await openPage();
  const { page, complaints } = opened;
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "Après un rêve – 夢.mid", BYTES);
  await page.getByRole("heading", { name: "Après un rêve – 夢", level: 1 }).waitFor();
  expect(await page.title()).toBe("Après un rêve – 夢 – Continuo");

  const plain = await downloaded(page);
  expect(plain.name).toBe("Après un rêve – 夢.mid");
  expect(plain.bytes.equals(BYTES)).toBe(true);

  const { download, list } = await carried(page);
  const [, type, name, url = ""] = /^([^:]*):([^:]*):(.*)$/.exec(download) ?? [];
  expect([type, name, list]).toEqual(["audio/midi", "Après un rêve – 夢.mid", url]);
  expect((await fetched(page, url)).equals(BYTES)).toBe(true);

  await page.getByRole("button", { name: "Save to folder" }).click();
  const path = (await page.locator(".saved-path-text").textContent()) ?? "";
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path).equals(BYTES)).toBe(true);
  expect(complaints).toEqual([]);
});

test("a note that was added is in the file, once, and nothing else is other", async () => {
  const opened = await openPage();
  const { page } = opened;
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "faure.mid", BYTES);
  await page.getByRole("heading", { name: "faure", level: 1 }).waitFor();
  await addNote(opened);
  const { bytes } = await downloaded(page);
  const [before, after] = [new midi.Midi(BYTES), new midi.Midi(bytes)];
  const added = after.tracks.flatMap(({ notes }) => notes).filter(({ midi: pitch }) => pitch === 13);
  expect(added.map(({ ticks, durationTicks }) => [ticks, durationTicks])).toEqual([[960, 240]]);
  const count = (song: typeof before) => song.tracks.reduce((sum, { notes }) => sum + notes.length, 0);
  expect(count(after)).toBe(count(before) + 1);
});

test("a file that is not MIDI is refused with a message, and the open song stays", async () => {
  const { page } = await openPage();
  await page.locator(".piece").first().waitFor();
  await dropFile(page, "photo.png", Buffer.from("\u0089PNG, by its first bytes"));
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/MIDI/);
  await alert.getByRole("button", { name: "Dismiss" }).click();
  await alert.waitFor({ state: "hidden" });

  await dropFile(page, "faure.mid", BYTES);
  await page.getByRole("heading", { name: "faure", level: 1 }).waitFor();
  await dropFile(page, "notes.txt", Buffer.from("no notes"));
  await alert.waitFor();
  expect(await page.getByRole("heading", { name: "faure", level: 1 }).isVisible()).toBe(true);
});

/** A host that waits for two empty bars of its song. */
async function ask(daemon: TestDaemon): Promise<{ jobId: string; rollId: string }> {
  const notes = [0, 1, 2, 3, 12, 13, 14, 15].map((at) => ({
    startTick: at * 480,
    durationTicks: 480,
    pitch: 60 + at,
    velocity: 80,
  }));
  const request = {
    ppq: 480,
    tempoMap: [{ tick: 0, qpm: 100 }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks: [{ id: "lead", name: "Lead", program: 0, isDrums: false, notes }],
    region: { trackId: "lead", startTick: 1920, endTick: 5760 },
  };
  const { jobId } = await callDaemon<{ jobId: string }>(daemon, "roll/ask", { title: "Verse", request });
  const { rolls } = await callDaemon<{ rolls: { rollId: string }[] }>(daemon, "roll/list", {});
  return { jobId, rollId: rolls[0]?.rollId ?? "" };
}

interface Job {
  state: string;
  result: { candidates: { notes: { startTick: number }[] }[] } | null;
}

test("a host that waits gets the notes that were kept, or hears that it keeps its own", async () => {
  const daemon = await startDaemon({ env: { CONTINUO_BROWSER: "/bin/true" } });
  const browser = await launchBrowser();
  const [sent, declined] = [await ask(daemon), await ask(daemon)];

  const { page } = await openPage({ daemon, browser, rollId: sent.rollId });
  await page.getByRole("button", { name: "Fill", exact: true }).and(page.locator(".button-primary")).click();
  await page.getByRole("button", { name: /^Accept A/ }).click();
  await page.getByRole("button", { name: /^Send to / }).click();
  await page.getByText(/^Sent \d+ notes? to /).waitFor();
  expect(await page.getByRole("button", { name: /^Send to / }).count()).toBe(0);
  const job = await callDaemon<Job>(daemon, "fill/get", { jobId: sent.jobId });
  expect(job.state).toBe("done");
  const starts = job.result?.candidates[0]?.notes.map(({ startTick }) => startTick) ?? [];
  expect(starts.length).toBeGreaterThan(0);
  expect(starts.every((tick) => tick >= 1920 && tick < 5760)).toBe(true);

  const other = await openPage({ daemon, browser, rollId: declined.rollId });
  await other.page.getByRole("button", { name: "Give back unchanged" }).click();
  await other.page.getByText(/ keeps the notes it has\.$/).waitFor();
  const { state } = await callDaemon<Job>(daemon, "fill/get", { jobId: declined.jobId });
  expect(state).not.toBe("running");
});

test("a song is found again after it was closed", async () => {
  const { page } = await openPage();
  await page.getByRole("button", { name: /Gymnopédie/ }).click();
  await page.getByRole("heading", { name: "Gymnopédie No. 2", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Close the song" }).click();
  await page.getByRole("button", { name: /^Gymnopédie No\. 2 \d/ }).click();
  await page.getByRole("heading", { name: "Gymnopédie No. 2", level: 1 }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Gymnopédie No. 2", level: 1 }).waitFor();
  await page.goBack();
  await page.locator(".piece").first().waitFor();
});
