/**
 * The grid that notes and places snap to: bars, beats, and even parts of a whole note counted from each bar's start.
 */
import type { Bars } from "./bars.ts";

export const GRIDS = ["bar", "beat", "1/8", "1/8T", "1/16", "1/16T", "1/32", "off"] as const;
export type Grid = (typeof GRIDS)[number];

/** Ticks of one step, in quarters; T for triplets. */
const STEP_QUARTERS = { "1/8": 1 / 2, "1/8T": 1 / 3, "1/16": 1 / 4, "1/16T": 1 / 6, "1/32": 1 / 8 } as const;

/** A grid laid over a song. */
export class Snap {
  private readonly bars: Bars;
  private readonly ppq: number;
  private readonly grid: Grid;

  constructor(bars: Bars, ppq: number, grid: Grid) {
    this.bars = bars;
    this.ppq = Math.max(1, ppq);
    this.grid = grid;
  }

  /** The last line at a tick or before it; the whole tick where the grid is off. */
  down(tick: number): number {
    const whole = Math.max(0, Math.floor(tick));
    if (this.grid === "off") return whole;
    if (this.grid === "beat") return this.bars.placeAtTick(whole).tick;
    const bar = this.bars.barAtTick(whole);
    const start = this.bars.startTick(bar);
    if (this.grid === "bar") return start;
    return start + this.lineInBar(this.stepAt(whole - start));
  }

  /** The first line after a tick. */
  next(tick: number): number {
    const whole = Math.max(0, Math.floor(tick));
    if (this.grid === "off") return whole + 1;
    const bar = this.bars.barAtTick(whole);
    const end = this.bars.endTick(bar);
    if (this.grid === "bar") return end;
    if (this.grid === "beat") {
      return Math.min(end, this.bars.beatTick(bar, this.bars.placeAtTick(whole).beat + 1));
    }
    const start = this.bars.startTick(bar);
    return Math.min(end, start + this.lineInBar(this.stepAt(whole - start) + 1));
  }

  /** The first line at a tick or after it. */
  up(tick: number): number {
    const down = this.down(tick);
    return down === tick ? tick : this.next(tick);
  }

  /** The line that is nearest, the earlier of two. */
  nearest(tick: number): number {
    if (this.grid === "off") return Math.max(0, Math.round(tick));
    const [down, next] = [this.down(tick), this.next(tick)];
    return next - tick < tick - down ? next : down;
  }

  /** How many steps of a bar start before a place in it, less one. */
  private stepAt(ticksInBar: number): number {
    const ticks = this.stepTicks();
    const step = Math.floor(ticksInBar / ticks);
    // A step may be no whole number of ticks; its start is rounded down.
    return this.lineInBar(step + 1) <= ticksInBar ? step + 1 : step;
  }

  private lineInBar(step: number): number {
    return Math.floor(step * this.stepTicks());
  }

  private stepTicks(): number {
    const quarters = this.grid in STEP_QUARTERS ? STEP_QUARTERS[this.grid as keyof typeof STEP_QUARTERS] : 1;
    return Math.max(1, quarters * this.ppq);
  }
}
