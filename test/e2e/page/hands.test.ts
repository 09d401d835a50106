/**
 * The page by mouse, keys and fingers: presses that arrive, few stops of the Tab key, targets that can be hit, in windows of
 * every size, and in the reader's own colours.
 */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { launchBrowser } from "../support/browser.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";
import { EditorHand } from "./editor-hand.ts";
import { callDaemon, openPage } from "./open-page.ts";

const test = testWith("Chromium", chromium !== undefined);
const SMALLEST_TARGET = 24;

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

async function openSong(count = 4, context = {}) {
  const daemon = await startDaemon();
  const rollId = await openTracks(daemon, count);
  const opened = await openPage({ daemon, rollId, context });
  const hand = new EditorHand(opened.page, daemon);
  await hand.area.waitFor();
  await expect.poll(() => hand.area.getAttribute("data-ticks-per-pixel")).not.toBeNull();
  return { ...opened, hand };
}

/** Bars are marked and filled. */
async function fill(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await page.locator(".fill-go").click();
  await page.getByText("Earlier candidates").waitFor();
}

test("mute and solo are pressed beside a volume slider that has the focus, in every track", async () => {
  const { page } = await openSong(6);
  const rows = page.locator(".track");
  for (let at = 0; at < 6; at += 1) {
    await rows
      .nth((at + 5) % 6)
      .getByRole("slider")
      .focus();
    for (const name of ["Mute", "Solo"]) {
      const button = rows.nth(at).getByRole("button", { name: new RegExp(`^${name}`) });
      const box = await button.boundingBox();
      if (box === null) throw new Error("no button");
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      // Nothing has moved under the pointer.
      expect(await button.boundingBox()).toEqual(box);
      await page.mouse.up();
      expect(await button.getAttribute("aria-pressed"), `${name} of track ${at + 1}`).toBe("true");
    }
  }
});

test("two fingers draw the song apart, in time or in pitch, and one finger moves it", async () => {
  const { page, context, hand } = await openSong(2, { hasTouch: true });
  const session = await context.newCDPSession(page);
  const box = await hand.area.boundingBox();
  if (box === null) throw new Error("no roll");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const touch = (type: string, points: [number, number][]) =>
    session.send("Input.dispatchTouchEvent", {
      type: type as "touchStart",
      touchPoints: points.map(([dx, dy], id) => ({ x: x + dx, y: y + dy, id })),
    });
  const view = async () => {
    const told = await hand.area.evaluate((element) => ({ ...(element as HTMLElement).dataset }));
    return {
      perPixel: Number(told.ticksPerPixel),
      perPitch: Number(told.pixelsPerPitch),
      start: Number(told.startTick),
    };
  };
  const before = await view();
  await touch("touchStart", [[-40, 0]]);
  await touch("touchStart", [
    [-40, 0],
    [40, 0],
  ]);
  for (let step = 1; step <= 6; step += 1)
    await touch("touchMove", [
      [-40 - 15 * step, 0],
      [40 + 15 * step, 0],
    ]);
  await touch("touchEnd", []);
  const apart = await view();
  expect(apart.perPixel).toBeLessThan(before.perPixel * 0.5);
  expect(apart.perPitch).toBe(before.perPitch);
  await touch("touchStart", [[0, -30]]);
  await touch("touchStart", [
    [0, -30],
    [0, 30],
  ]);
  for (let step = 1; step <= 6; step += 1)
    await touch("touchMove", [
      [0, -30 - 10 * step],
      [0, 30 + 10 * step],
    ]);
  await touch("touchEnd", []);
  const taller = await view();
  expect(taller.perPitch).toBeGreaterThan(before.perPitch * 1.3);
  expect(taller.perPixel).toBe(apart.perPixel);
  await touch("touchStart", [[100, 0]]);
  for (let step = 1; step <= 6; step += 1) await touch("touchMove", [[100 - 20 * step, 0]]);
  await touch("touchEnd", []);
  expect((await view()).start).toBeGreaterThan(taller.start);
  // No note was drawn or moved by any of it.
  expect((await hand.roll()).version).toBe(0);
});

test("a finger draws with the pencil and selects with the lasso, and a long press writes nothing", async () => {
  const { page, context, hand } = await openSong(1, { hasTouch: true });
  const session = await context.newCDPSession(page);
  const finger = async (...places: { x: number; y: number }[]) => {
    for (const [step, point] of places.entries())
      await session.send("Input.dispatchTouchEvent", {
        type: step === 0 ? "touchStart" : "touchMove",
        touchPoints: [point],
      });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const notes = async () => (await hand.roll()).song.tracks[0]?.notes ?? [];
  const before = await notes();
  const [first, second, third] = before;
  if (first === undefined || second === undefined || third === undefined) throw new Error("no notes");
  // Where no note is: a semitone above one.
  const free = await hand.place(first.startTick + 100, first.pitch + 1);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [free] });
  await page.waitForTimeout(700);
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });

  await page.getByRole("button", { name: "Lasso", exact: false }).tap();
  const [top, bottom] = [
    Math.max(first.pitch, second.pitch) + 0.5,
    Math.min(first.pitch, second.pitch) - 0.5,
  ];
  const [left, right] = [first.startTick + 1, second.startTick + second.durationTicks + 20];
  const corners = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ] as const;
  await finger(...(await Promise.all(corners.map(([tick, pitch]) => hand.place(tick, pitch)))));
  await page.getByText(/^2 notes selected/).waitFor();
  expect(await notes()).toEqual(before);

  await page.getByRole("button", { name: /^Draw/ }).tap();
  await finger(free);
  await expect.poll(async () => (await notes()).length).toBe(before.length + 1);
  const start = await hand.place(third.startTick + 5, third.pitch + 1);
  const end = await hand.place(third.startTick + 700, third.pitch + 1);
  await finger(start, { x: (start.x + end.x) / 2, y: start.y }, end);
  await expect.poll(async () => (await notes()).length).toBe(before.length + 2);
  const drawn = (await notes()).filter(
    (note) => !before.some(({ pitch, startTick }) => pitch === note.pitch && startTick === note.startTick),
  );
  expect(drawn).toMatchObject([
    { startTick: first.startTick, pitch: first.pitch + 1, durationTicks: 120 },
    { startTick: third.startTick, pitch: third.pitch + 1, durationTicks: 720 },
  ]);
});

/** What Tab comes to, from the top of the page until it leaves it. */
async function tabStops(page: Page): Promise<string[]> {
  await page.evaluate(() => document.querySelector<HTMLElement>(".skip-link")?.focus());
  const stops: string[] = [];
  for (let press = 0; press < 400; press += 1) {
    if (press > 0) await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      return (
        element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? element.tagName
      );
    });
    if (name === undefined) return stops;
    stops.push(name);
  }
  return stops;
}

test("a song of forty tracks has no more Tab stops than one of four, and the arrows reach the rest", async () => {
  const counts: number[] = [];
  for (const count of [4, 40]) {
    const { page } = await openSong(count);
    await fill(page);
    const stops = await tabStops(page);
    expect(stops[0]).toBe("Skip to the notes");
    counts.push(stops.length);
    if (count === 4) continue;
    await page.locator(".track-name").first().focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press("ArrowDown");
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent,
      );
    expect(await focused()).toContain("Part 4");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Solo Part 4");
    await page.keyboard.press("Space");
    expect(
      await page.getByRole("button", { name: "Solo Part 4", exact: true }).getAttribute("aria-pressed"),
    ).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("Solo Part 5");
    await page.getByRole("button", { name: "Select", exact: true }).focus();
    await page.keyboard.press("End");
    expect(await focused()).toBe("Chords");
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[0]).toBeLessThan(40);
});

test("the first Tab stop leads past the header, to the notes or to the content", async () => {
  const { page } = await openSong();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
  // The address still says which song is open.
  expect(page.url()).toContain("#roll=");
});

/** Controls in sight that are smaller than a finger or a shaky hand can hit. Source: WCAG 2.2, 2.5.8. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const found: string[] = [];
    const selector =
      'button, a[href], select, summary, input, [role="slider"], [role="radio"], [tabindex]:not([tabindex="-1"])';
    for (const element of document.querySelectorAll<HTMLElement>(selector)) {
      if (element.closest(".unseen, .skip-link, dialog:not([open])") !== null) continue;
      if (element.matches("input") && getComputedStyle(element).opacity === "0") continue;
      // What is pressed of a box in a label is the label.
      const target = element.matches("input:not([type='range'])")
        ? (element.closest("label") ?? element)
        : element;
      const { width, height } = target.getBoundingClientRect();
      if (width === 0 || height === 0 || !element.checkVisibility()) continue;
      if (width + 0.5 < least || height + 0.5 < least) {
        const name =
          element.getAttribute("aria-label") ?? element.textContent?.slice(0, 30) ?? element.className;
        found.push(`${element.tagName} ${name}: ${Math.round(width)} x ${Math.round(height)}`);
      }
    }
    return found;
  }, SMALLEST_TARGET);
}

/** What reaches beyond the window from side to side, where nothing scrolls to it. */
function outOfSight(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("button, a[href], select, input, h1, h2")) {
      if (element.closest(".unseen, .skip-link, dialog:not([open]), [hidden]") !== null) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || !element.checkVisibility()) continue;
      let scrolls = false;
      for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
        const style = getComputedStyle(parent);
        if (["auto", "scroll"].includes(style.overflowX) && parent.scrollWidth > parent.clientWidth)
          scrolls = true;
      }
      if (!scrolls && (box.left < -1 || box.right > width + 1)) {
        found.push(
          `${element.getAttribute("aria-label") ?? element.textContent}: ${box.left} to ${box.right} of ${width}`,
        );
      }
    }
    if (document.documentElement.scrollWidth > width + 1) found.push("the page is wider than its window");
    return found;
  });
}

const WINDOWS = [
  { width: 390, height: 844 },
  // As 1280 x 720 is at 200 %.
  { width: 640, height: 360 },
  { width: 768, height: 1024 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

test("in windows of every size a song is opened, filled and taken; all can be seen and hit", async () => {
  const [daemon, browser] = [await startDaemon(), await launchBrowser()];
  for (const viewport of WINDOWS) {
    const at = `${viewport.width} x ${viewport.height}`;
    const { page, context, complaints } = await openPage({ daemon, browser, context: { viewport } });
    const check = async (state: string) => {
      expect(await smallTargets(page), `${state}, ${at}`).toEqual([]);
      expect(await outOfSight(page), `${state}, ${at}`).toEqual([]);
    };
    await page.locator(".piece").first().waitFor();
    await page.getByRole("button", { name: "New song" }).click();
    await check("the start screen");
    await page.getByRole("button", { name: /^Sketch with a gap Continuo/ }).click();
    const area = page.getByRole("application");
    await area.waitFor();
    await check("a song");
    await fill(page);
    await page.locator(".fill-more > summary").click();
    await page.getByText("Earlier candidates").click();
    await check("candidates");
    const { width = 0, height = 0 } = (await area.boundingBox()) ?? {};
    expect(Math.min(width, height), `the roll, ${at}`).toBeGreaterThan(190);
    const accept = page.getByRole("button", { name: /^Accept [A-D]/ }).and(page.locator(".button-ghost"));
    if ((await accept.count()) > 0) {
      await accept.click();
      await page.getByRole("button", { name: /^Undo: Fill/ }).waitFor();
    }
    const tracks = page.getByRole("button", { name: "Tracks", exact: true });
    if (await tracks.isVisible()) {
      await tracks.click();
      await check("the tracks");
      await page.getByRole("button", { name: "Mute Bass" }).click();
      await tracks.click();
    }
    await page.getByRole("button", { name: "Keys", exact: true }).click();
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    await check("the sheet of keys");
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Training" }).click();
    await page.getByRole("textbox").first().waitFor();
    await check("training");
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("by touch alone bars are marked, filled and taken", async () => {
  const context = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context: opened, hand } = await openSong(3, context);
  const session = await opened.newCDPSession(page);
  const { song } = await hand.roll();
  const [from, to] = [await hand.place(song.ppq * 2, 60), await hand.place(song.ppq * 6, 60)];
  const { y } = (await hand.area.boundingBox()) ?? { y: 0 };
  const top = Number(await hand.area.getAttribute("data-top"));
  const finger = (type: string, points: { x: number; y: number }[]) =>
    session.send("Input.dispatchTouchEvent", { type: type as "touchStart", touchPoints: points });
  const ruler = y + top - 12;
  await finger("touchStart", [{ x: from.x, y: ruler }]);
  for (let step = 1; step <= 5; step += 1)
    await finger("touchMove", [{ x: from.x + ((to.x - from.x) * step) / 5, y: ruler }]);
  await finger("touchEnd", []);
  await page
    .locator(".roll-region")
    .getByRole("button", { name: /^Fill bars 1-2/ })
    .tap();
  const accept = page.getByRole("button", { name: "Accept A", exact: true });
  await accept.waitFor();
  await accept.tap();
  await expect.poll(async () => (await hand.roll()).version).toBe(1);
  await page.getByRole("button", { name: /^Undo: Fill/ }).tap();
  await expect.poll(async () => (await hand.roll()).song).toEqual(song);
});

test("in the reader's own colours notes, marked bars and what is chosen are told apart", async () => {
  const { page } = await openSong(2, { forcedColors: "active", colorScheme: "dark" });
  // What cannot be pressed yet does not look as if it could.
  const button = page.locator(".fill-go");
  const colours = () =>
    button.evaluate((element) => {
      const { backgroundColor, color } = getComputedStyle(element);
      return { back: backgroundColor, text: color, page: getComputedStyle(document.body).backgroundColor };
    });
  const off = await colours();
  expect(await button.isDisabled()).toBe(true);
  expect(off.back).toBe(off.page);
  await page.getByRole("button", { name: "Choose 4 bars for me" }).click();
  await expect.poll(async () => (await colours()).back).not.toBe(off.back);
  expect((await colours()).text).not.toBe(off.text);
  await page.locator(".fill-go").click();
  await page.getByText("Earlier candidates").waitFor();
  // On the canvas: the back, notes, and what is offered are other colours.
  const shades = await page
    .locator(".roll-canvases canvas")
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      const counts = new Map<number, number>();
      for (const pixel of new Uint32Array(data?.buffer ?? new ArrayBuffer(0)))
        counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      return [...counts.values()].filter((count) => count > 200).length;
    });
  expect(shades).toBeGreaterThan(4);
  const background = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  const muted = page.getByRole("button", { name: "Mute Part 1" });
  const unmuted = await background('[aria-label="Mute Part 1"]');
  await muted.click();
  await expect.poll(() => background('[aria-label="Mute Part 1"]')).not.toBe(unmuted);
  expect(await background('.roll-tools [aria-pressed="true"]')).not.toBe(
    await background('.roll-tools [aria-pressed="false"]'),
  );
  // A slider's line is seen.
  const line = await page
    .locator(".track-volume")
    .first()
    .evaluate((element) => {
      const style = getComputedStyle(element, "::-webkit-slider-runnable-track");
      return style.backgroundColor !== getComputedStyle(document.body).backgroundColor;
    });
  expect(line).toBe(true);
});

test("sliders have names, everywhere", async () => {
  const { page } = await openSong();
  await fill(page);
  await page.locator(".fill-more > summary").click();
  const sliders = page.locator('input[type="range"], [role="slider"]');
  const snapshot = await page.locator("body").ariaSnapshot();
  const named = snapshot.split("\n").filter((line) => /- slider "[^"]+"/.test(line));
  expect(snapshot.split("\n").filter((line) => /- slider(?! ")/.test(line))).toEqual([]);
  expect(named.length).toBe(await sliders.filter({ visible: true }).count());
});

test("the sheet of keys tells what mouse and fingers do", async () => {
  const { page } = await openSong();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys and gestures" });
  for (const text of ["Drag over the bar numbers", "Alt and drag", "Ctrl and wheel", "Tap it"])
    await sheet.getByText(text).first().waitFor();
  for (const name of ["Play", "Fill", "Edit", "Mouse: bars", "Mouse: notes", "Touch"])
    expect(await sheet.getByRole("heading", { name, exact: true }).count(), name).toBe(1);
});
