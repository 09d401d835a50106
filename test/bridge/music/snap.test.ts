/**
 * The snap grid: lines are counted from the start of each bar, in any meter, and rounding skips none.
 */
import { expect, test } from "vitest";
import { Bars } from "../../../bridge/music/bars.ts";
import { GRIDS, Snap } from "../../../bridge/music/snap.ts";

const PPQ = 480;
const common = new Bars([], PPQ);
/** 4/4, cut after 1000 ticks; then 7/8; at 100 a quarter. */
const odd = new Bars(
  [
    { tick: 0, numerator: 4, denominator: 4 },
    { tick: 1000, numerator: 7, denominator: 8 },
  ],
  100,
);

const lines = (snap: Snap, end: number) => {
  const found = [0];
  for (let tick = snap.next(0); tick < end; tick = snap.next(tick)) found.push(tick);
  return found;
};

test("down, up and nearest, on a sixteenth", () => {
  const snap = new Snap(common, PPQ, "1/16");
  expect([snap.down(239.9), snap.down(240), snap.up(240), snap.up(241)]).toEqual([120, 240, 240, 360]);
  expect([snap.nearest(299), snap.nearest(300), snap.nearest(301), snap.nearest(-50)]).toEqual([
    240, 240, 360, 0,
  ]);
});

test("triplets of an eighth are three to a quarter", () => {
  expect(lines(new Snap(common, PPQ, "1/8T"), 961)).toEqual([0, 160, 320, 480, 640, 800, 960]);
});

test("a step that is not a whole number of ticks does not drift", () => {
  const snap = new Snap(new Bars([], 100), 100, "1/8T");
  expect(lines(snap, 401)).toEqual([0, 33, 66, 100, 133, 166, 200, 233, 266, 300, 333, 366, 400]);
  expect(snap.down(66)).toBe(66);
});

test("a meter change restarts the grid", () => {
  expect(lines(new Snap(odd, 100, "bar"), 1500)).toEqual([0, 400, 800, 1000, 1350]);
  expect(lines(new Snap(odd, 100, "beat"), 1200).slice(-6)).toEqual([800, 900, 1000, 1050, 1100, 1150]);
});

test.each(GRIDS)("every line is its own place, and the next one is later: %s", (grid) => {
  const snap = new Snap(odd, 100, grid);
  for (const line of lines(snap, 2500)) {
    expect([snap.down(line), snap.up(line), snap.nearest(line)]).toEqual([line, line, line]);
    expect(snap.down(snap.next(line) - 1)).toBe(grid === "off" ? snap.next(line) - 1 : line);
  }
});

test("off: whole ticks, none before the song", () => {
  const snap = new Snap(common, PPQ, "off");
  expect([snap.down(7.8), snap.nearest(7.8), snap.next(7), snap.nearest(-3)]).toEqual([7, 8, 8, 0]);
});
