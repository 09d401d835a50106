/**
 * The editor's window: positions to pixels and back, zoom around a point, and limits that keep it over the song.
 */
import { expect, test } from "vitest";
import { layoutOf, zoneAt } from "../../page/editor/layout.ts";
import {
  clampView,
  pitchOfY,
  revealed,
  Scale,
  scrolled,
  tickOfX,
  viewOf,
  xOfTick,
  yOfPitch,
  zoomed,
} from "../../page/editor/viewport.ts";

const VIEW = { startTick: 960, ticksPerPixel: 3, topPitch: 84.5, pixelsPerPitch: 12 };
const SIZE = { width: 900, height: 480 };
const EXTENT = { endTick: 100_000, ppq: 480 };

test("places are pixels there and back", () => {
  expect(xOfTick(VIEW, 960)).toBe(0);
  expect(tickOfX(VIEW, xOfTick(VIEW, 1234))).toBeCloseTo(1234);
  expect(Math.floor(pitchOfY(VIEW, yOfPitch(VIEW, 60) + 1))).toBe(60);
  expect(Math.floor(pitchOfY(VIEW, yOfPitch(VIEW, 60) + 11))).toBe(60);
  // 127.5 at the upper edge is the middle of the highest row.
  expect(yOfPitch({ ...VIEW, topPitch: 127.5 }, 127)).toBe(-6);
});

test("zoom keeps what is under the pointer", () => {
  const [x, y] = [333, 111];
  const next = zoomed(VIEW, { time: 1.7, pitch: 0.6, x, y });
  expect(tickOfX(next, x)).toBeCloseTo(tickOfX(VIEW, x));
  expect(pitchOfY(next, y)).toBeCloseTo(pitchOfY(VIEW, y));
  expect(next.ticksPerPixel).toBeCloseTo(3 / 1.7);
});

test("scrolling moves by pixels", () => {
  const next = scrolled(VIEW, 10, -24);
  expect([next.startTick, next.topPitch]).toEqual([990, 86.5]);
});

test("the window stays over the song", () => {
  expect(clampView({ ...VIEW, startTick: -500 }, SIZE, EXTENT).startTick).toBe(0);
  expect(clampView({ ...VIEW, topPitch: 140 }, SIZE, EXTENT).topPitch).toBe(128);
  const low = clampView({ ...VIEW, topPitch: 3 }, SIZE, EXTENT);
  expect(pitchOfY(low, SIZE.height)).toBeCloseTo(0);
  const late = clampView({ ...VIEW, startTick: 1e9 }, SIZE, EXTENT);
  expect(late.startTick).toBeLessThan(EXTENT.endTick);
  expect(tickOfX(late, SIZE.width)).toBeGreaterThan(EXTENT.endTick);
});

test("zoom ends where the whole song fits, and where a quarter fills the window's middle", () => {
  const far = clampView({ ...VIEW, ticksPerPixel: 1e9 }, SIZE, EXTENT);
  expect(far.ticksPerPixel * SIZE.width).toBeCloseTo(125_000);
  expect(480 / clampView({ ...VIEW, ticksPerPixel: 0 }, SIZE, EXTENT).ticksPerPixel).toBe(600);
  const empty = clampView(VIEW, { width: 0, height: 0 }, { endTick: 0, ppq: 480 });
  expect(Object.values(empty).every(Number.isFinite)).toBe(true);
});

test("what is to be seen is in the window", () => {
  const shown = { startTick: 4800, endTick: 9600, lowest: 40, highest: 90 };
  const view = viewOf(shown, SIZE);
  expect(tickOfX(view, SIZE.width)).toBeCloseTo(9600);
  expect(view.topPitch).toBeGreaterThan(91);
  const right = revealed(VIEW, { startTick: 5000, endTick: 5100, lowest: 60, highest: 60 }, SIZE);
  expect(tickOfX(right, SIZE.width)).toBeCloseTo(5100);
  expect(revealed(VIEW, { startTick: 1000, endTick: 1100, lowest: 60, highest: 60 }, SIZE)).toEqual(VIEW);
  expect(revealed(VIEW, { startTick: 1000, endTick: 1100, lowest: 90, highest: 90 }, SIZE).topPitch).toBe(92);
});

test("what moves with the window moves by whole device pixels, wherever the window is", () => {
  const ticks = [0, 961, 1500.25, 40_000];
  for (const ratio of [1, 1.25, 2]) {
    const before = new Scale(VIEW, ratio);
    for (let step = 0; step < 50; step += 1) {
      const after = new Scale(scrolled(VIEW, step * 1.37, step * 0.71), ratio);
      for (const tick of ticks) expect(after.x(tick) - before.x(tick)).toBe(before.left - after.left);
      for (const pitch of [0, 60, 127]) expect(after.y(pitch) - before.y(pitch)).toBe(before.top - after.top);
    }
  }
});

test("a device pixel is in the row that covers it", () => {
  const scale = new Scale({ ...VIEW, pixelsPerPitch: 7.3 }, 1.5);
  for (let pitch = 50; pitch < 70; pitch += 1) {
    expect(scale.pitch(scale.y(pitch) + 1)).toBe(pitch);
    expect(Math.round(scale.tick(scale.x(4000)))).toBeCloseTo(4000, -1);
  }
});

test("parts of the area do not overlap and leave no row between", () => {
  const layout = layoutOf(1000, 600, false);
  expect(zoneAt(layout, 500, 10)).toBe("overview");
  expect(zoneAt(layout, 500, 40)).toBe("ruler");
  expect(zoneAt(layout, 10, 300)).toBe("keys");
  expect(zoneAt(layout, 500, 300)).toBe("body");
  expect(zoneAt(layout, 500, 590)).toBe("velocity");
  expect(zoneAt(layout, 995, 300)).toBe("scrollbar");
  expect(zoneAt(layout, 10, 590)).toBeUndefined();
  expect(layoutOf(1000, 600, true).keys.width).toBeGreaterThan(layout.keys.width);
  expect(layoutOf(600, 200, false).velocity.height).toBe(0);
  const withChords = layoutOf(1000, 600, false, true);
  expect(zoneAt(withChords, 500, 40)).toBe("chords");
  expect(zoneAt(withChords, 500, 60)).toBe("ruler");
  expect(withChords.body.y).toBe(withChords.ruler.y + withChords.ruler.height);
  expect(layoutOf(10, 10, false).body).toMatchObject({ width: 0, height: 0 });
});
