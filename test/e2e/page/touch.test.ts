/**
 * Touch: pinching, scrolling, drawing, selecting, filling and accepting; a long press changes nothing.
 */
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { openSong } from "./song-of-parts.ts";

const test = testWith("Chromium", chromium !== undefined);

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
  const finger = async (...points: { x: number; y: number }[]) => {
    for (const [step, point] of points.entries())
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
  const free = await hand.pointOf(first.startTick + 100, first.pitch + 1);
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
  await finger(...(await Promise.all(corners.map(([tick, pitch]) => hand.pointOf(tick, pitch)))));
  await page.getByText(/^2 notes selected/).waitFor();
  expect(await notes()).toEqual(before);

  await page.getByRole("button", { name: /^Draw/ }).tap();
  await finger(free);
  await expect.poll(async () => (await notes()).length).toBe(before.length + 1);
  const start = await hand.pointOf(third.startTick + 5, third.pitch + 1);
  const end = await hand.pointOf(third.startTick + 700, third.pitch + 1);
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

test("by touch alone bars are marked, filled and taken", async () => {
  const context = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context: opened, hand } = await openSong(3, context);
  const session = await opened.newCDPSession(page);
  const { song } = await hand.roll();
  const [from, to] = [await hand.pointOf(song.ppq * 2, 60), await hand.pointOf(song.ppq * 6, 60)];
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
