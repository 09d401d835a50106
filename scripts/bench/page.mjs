// The piano roll in the system's Chromium without a window: how smooth it is, and how soon something is there.
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../steps/run.mjs";
import { startDaemon } from "./daemon-process.mjs";
import { request } from "./daemon-request.mjs";
import { denseSong } from "./page-song.mjs";
import { line } from "./statistics.mjs";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const NOTES = 20_000;
const FRAME_MS = 1000 / 60;
const SOUNDS_MS = 3000;

/** @returns lines; none where there is no browser */
export async function benchPage({ folder, counts }) {
  const executablePath = BROWSERS.find(existsSync);
  if (executablePath === undefined) return [];
  const { chromium } = await import("playwright-core");
  const daemon = await startDaemon(mkdtempSync(join(folder, "page-")), 1);
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--autoplay-policy=no-user-gesture-required",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
  try {
    const { connect } = await import(pathToFileURL(join(root, "dist", "client.js")).href);
    const client = await connect({ url: daemon.url, token: daemon.token });
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const paints = await firstPaints(context, client, counts.pageLoads);
    const empty = await framesOf(await context.newPage(), () => {});
    const frames = await denseFrames(context, client);
    const fills = await filling(context, client, counts.pageFills);
    client.close();
    return lines({ paints, empty, frames, ...fills });
  } finally {
    await browser.close();
    await daemon.stop();
  }
}

function lines({ paints, empty, frames, firstNotes, progress, playStarts }) {
  const smooth = (id, what, ours) =>
    line({
      ...{ id, what, unit: "ms", ours },
      reference: { what: "an empty page in the same browser", samples: empty },
      valueTarget: { most: FRAME_MS * 1.05 },
    });
  return [
    line({
      ...{ id: "page-first-paint", what: "piano roll, first paint", unit: "ms", ours: paints },
      valueTarget: { most: 1000 },
    }),
    smooth("page-pan", "frame while panning over 20,000 visible notes", frames.pan),
    smooth("page-zoom", "frame while zooming over 20,000 visible notes", frames.zoom),
    line({
      ...{ id: "page-paint", what: "painting one such frame", unit: "ms", ours: frames.paint },
      valueTarget: { most: FRAME_MS },
    }),
    line({
      ...{ id: "page-first-note", what: "click on Fill to the first new note on screen", unit: "ms" },
      ours: firstNotes,
      reference: { what: "the same request over WebSocket, to its first notes", samples: progress },
    }),
    line({
      ...{ id: "page-play", what: "click on Play to the first note sent", unit: "ms", ours: playStarts },
      valueTarget: { most: 200 },
    }),
  ];
}

async function open(context, client, params) {
  const page = await context.newPage();
  const { url } = await client.call("page/open", params);
  await page.goto(url);
  return page;
}

async function firstPaints(context, client, count) {
  const samples = [];
  for (let k = 0; k < count; k += 1) {
    const page = await open(context, client, {});
    await page.getByRole("button", { name: "Choose a MIDI file" }).waitFor();
    samples.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0),
    );
    await page.close();
  }
  return samples;
}

/** Times between frames, while something is done at each. */
async function framesOf(page, act, frames = 240) {
  await page.evaluate(() => {
    globalThis.frameTimes = [];
    let before = performance.now();
    const next = () => {
      const now = performance.now();
      globalThis.frameTimes.push(now - before);
      before = now;
      globalThis.frameRequest = requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  while ((await page.evaluate(() => globalThis.frameTimes.length)) < frames) await act();
  return page.evaluate(() => {
    cancelAnimationFrame(globalThis.frameRequest);
    return globalThis.frameTimes.slice(5);
  });
}

async function denseFrames(context, client) {
  const { rollId } = await client.call("roll/open", { title: "Dense", song: denseSong(NOTES) });
  const page = await open(context, client, { rollId });
  await page.getByRole("button", { name: "Whole song" }).click();
  const area = page.getByRole("application");
  await area.hover();
  await page.waitForTimeout(500);
  await page.evaluate(() => performance.clearMeasures("roll-frame"));
  let turn = 0;
  // The wheel turns in the page itself, so that its messages are not what is measured.
  const wheel = (options) =>
    area.evaluate(
      (element, { times, init }) =>
        new Promise((resolve) => {
          let left = times;
          const box = element.getBoundingClientRect();
          const step = () => {
            element.dispatchEvent(
              new WheelEvent("wheel", {
                ...{ bubbles: true, cancelable: true, ...init },
                clientX: box.x + box.width / 2,
                clientY: box.y + box.height / 2,
              }),
            );
            left -= 1;
            if (left > 0) requestAnimationFrame(step);
            else resolve();
          };
          requestAnimationFrame(step);
        }),
      options,
    );
  const pan = await framesOf(page, () => {
    turn += 1;
    return wheel({ times: 40, init: { deltaY: turn % 2 === 0 ? -6 : 6, deltaX: turn % 4 < 2 ? 8 : -8 } });
  });
  const zoom = await framesOf(page, () => {
    turn += 1;
    return wheel({ times: 20, init: { ctrlKey: true, deltaY: turn % 2 === 0 ? -4 : 4 } });
  });
  const paint = await page.evaluate(() =>
    performance.getEntriesByName("roll-frame").map(({ duration }) => duration),
  );
  await page.close();
  return { pan, zoom, paint };
}

/** Four bars of the song that the daemon's own measurement fills, by a click. */
async function filling(context, client, count) {
  const { region, sampling, ...song } = request(0);
  const { rollId } = await client.call("roll/open", { title: "Melody", song });
  const page = await open(context, client, { rollId });
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  const samples = { firstNotes: [], progress: [], playStarts: [] };
  /** From one mark of the page's own timeline to the one that follows it, once that is there. */
  const between = (first, second) =>
    page.evaluate(
      async ([from, to]) => {
        const last = (name) => performance.getEntriesByName(name).at(-1)?.startTime ?? Number.NaN;
        const began = last(from);
        while (!(last(to) >= began)) await new Promise((resolve) => setTimeout(resolve, 5));
        return last(to) - began;
      },
      [first, second],
    );
  const panel = page.getByRole("region", { name: "Fill", exact: true });
  for (let k = 0; k < count; k += 1) {
    await panel.getByRole("button", { name: k === 0 ? "Fill" : "Fill again", exact: true }).click();
    samples.firstNotes.push(await between("fill-click", "first-note"));
    await panel.getByRole("button", { name: "Accept A", exact: true }).waitFor();
    samples.progress.push(await timeToFirstNotes(client, { ...song, region, sampling: { candidates: 4 } }));
  }
  // Sounds are loaded once the page is there; play would not wait for them, but that is another figure.
  await page.waitForTimeout(SOUNDS_MS);
  const bar = page.getByRole("contentinfo");
  for (let k = 0; k < count; k += 1) {
    await bar.getByRole("button", { name: "Play", exact: true }).click();
    samples.playStarts.push(await between("play-click", "play-first-event"));
    await bar.getByRole("button", { name: "Stop", exact: true }).click();
  }
  await page.close();
  return samples;
}

/** From the request to the first notes that are told. */
async function timeToFirstNotes(client, params) {
  const began = performance.now();
  let took;
  await client.fill(params, {
    onProgress: ({ notes }) => {
      if (notes.length > 0) took ??= performance.now() - began;
    },
  });
  return took ?? performance.now() - began;
}
