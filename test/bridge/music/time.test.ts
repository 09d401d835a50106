/**
 * Units of time: conversions, and mixtures that do not compile.
 */
import { expect, expectTypeOf, test } from "vitest";
import {
  GRID_PPQ,
  type GridTick,
  gridTicksFromQuarters,
  type Quarters,
  quartersFromTicks,
  type Seconds,
  type Tick,
  ticksFromQuarters,
} from "../../../bridge/music/time.ts";

test("quarters are so many ticks, and so many of the grid", () => {
  expect(ticksFromQuarters(1.5, 480)).toBe(720);
  expect(quartersFromTicks(ticksFromQuarters(1 / 3, 480), 480)).toBeCloseTo(1 / 3, 12);
  expect(gridTicksFromQuarters(4)).toBe(4 * GRID_PPQ);
});

test("a plain number takes a unit, and no unit is taken for another", () => {
  expectTypeOf<number>().toExtend<Tick>();
  expectTypeOf<Tick>().toExtend<number>();
  expectTypeOf<Tick>().not.toExtend<GridTick>();
  expectTypeOf<GridTick>().not.toExtend<Tick>();
  expectTypeOf<Tick>().not.toExtend<Quarters>();
  expectTypeOf<Tick>().not.toExtend<Seconds>();
});
