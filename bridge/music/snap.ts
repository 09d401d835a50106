/**
 * The grid that notes and places snap to: bars, beats, and even parts of a whole note counted from each bar's start.
 */
import type { Bars } from "./bars.ts";
import type { Tick } from "./time.ts";

export const GRIDS = ["bar", "beat", "1/8", "1/8T", "1/16", "1/16T", "1/32", "off"] as const;
export type Grid = (typeof GRIDS)[number];

/** How many steps a quarter has; T for triplets. */
const STEPS = { "1/8": 2, "1/8T": 3, "1/16": 4, "1/16T": 6, "1/32": 8 } as const;

/** A grid laid over a song. */
export class Snap {
  private readonly bars: Bars;
  private readonly ppq: number;
  private readonly grid: Grid;
  private readonly stepsPerQuarter: number;

  constructor(bars: Bars, ppq: number, grid: Grid) {
    this.bars = bars;
    this.ppq = Math.max(1, ppq);
    this.grid = grid;
    this.stepsPerQuarter = grid in STEPS ? STEPS[grid as keyof typeof STEPS] : 1;
  }

  /** The last line at a tick or before it; the whole tick where the grid is off. */
  down(tick: Tick): Tick {
    const whole = Math.max(0, Math.floor(tick));
    if (this.grid === "off") return whole;
    if (this.grid === "beat") return this.bars.positionAtTick(whole).tick;
    const bar = this.bars.barAtTick(whole);
    const start = this.bars.startTick(bar);
    if (this.grid === "bar") return start;
    return start + this.lineInBar(this.stepAt(whole - start));
  }

  /** The first line after a tick. */
  next(tick: Tick): Tick {
    const whole = Math.max(0, Math.floor(tick));
    if (this.grid === "off") return whole + 1;
    const bar = this.bars.barAtTick(whole);
    const end = this.bars.endTick(bar);
    if (this.grid === "bar") return end;
    if (this.grid === "beat") {
      return Math.min(end, this.bars.beatTick(bar, this.bars.positionAtTick(whole).beat + 1));
    }
    const start = this.bars.startTick(bar);
    return Math.min(end, start + this.lineInBar(this.stepAt(whole - start) + 1));
  }

  /** The first line at a tick or after it. */
  up(tick: Tick): Tick {
    const down = this.down(tick);
    return down === tick ? tick : this.next(tick);
  }

  /** The line that is nearest, the earlier of two. */
  nearest(tick: Tick): Tick {
    if (this.grid === "off") return Math.max(0, Math.round(tick));
    const [down, next] = [this.down(tick), this.next(tick)];
    return next - tick < tick - down ? next : down;
  }

  /** The last step of a bar, from 0, that has started so many ticks into it. */
  private stepAt(ticksInBar: number): number {
    return Math.floor(((ticksInBar + 1) * this.stepsPerQuarter - 1) / this.ppq);
  }

  /** A step may not be a whole number of ticks; its start is rounded down. */
  private lineInBar(step: number): Tick {
    return Math.floor((step * this.ppq) / this.stepsPerQuarter);
  }
}
