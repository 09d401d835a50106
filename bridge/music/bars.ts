/**
 * Bars and beats of a song: where they start, and which one holds a tick. As `native/midi/src/bars.rs` has it: a meter
 * change starts a bar unless it repeats the meter in force; within 1/16 of a beat of a bar line it is taken as being on
 * it, elsewhere it cuts the bar short; the last meter goes on for ever.
 */

import { type Quarters, type Tick, ticksFromQuarters } from "./time.ts";

/** A change this part of a beat beside a bar line is meant to be on it. */
const NEAR_BEATS = 16;
const QUARTERS_A_WHOLE: Quarters = 4;
/** The last tick that the core can name. */
const MAX_TICK: Tick = 2 ** 31 - 1;

export interface TimeSignature {
  readonly tick: Tick;
  readonly numerator: number;
  readonly denominator: number;
}

/** A line of the ruler: a bar's start, or a beat inside it. Bars and beats count from 0. */
interface BarLine {
  readonly tick: Tick;
  readonly bar: number;
  readonly beat: number;
}

/** Bars of one meter, from one change to the next. */
interface Span {
  readonly startTick: Tick;
  readonly firstBar: number;
  readonly numerator: number;
  readonly denominator: number;
}

export class Bars {
  /** Never empty; the first starts at tick 0 and bar 0, and no two neighbours have the same meter. */
  private readonly spans: Span[];
  private readonly wholeTicks: Tick;

  /**
   * @param timeSignatures  by tick; entries out of order or with bars under a tick are left out; 4/4 where none
   * @param ppq  ticks a quarter
   */
  constructor(timeSignatures: readonly TimeSignature[], ppq: number) {
    this.wholeTicks = ticksFromQuarters(QUARTERS_A_WHOLE, Math.max(1, ppq));
    this.spans = [{ startTick: 0, firstBar: 0, numerator: 4, denominator: 4 }];
    let latestTick = 0;
    for (const change of timeSignatures) {
      const { tick, numerator, denominator } = change;
      if (denominator === 0 || numerator * this.wholeTicks < denominator || tick < latestTick) continue;
      latestTick = tick;
      this.take(change);
    }
  }

  /** The changes that start bars, by tick, the first at 0. Their bars are these bars. */
  get timeSignatures(): TimeSignature[] {
    return this.spans.map(({ startTick, numerator, denominator }) => ({
      tick: startTick,
      numerator,
      denominator,
    }));
  }

  /** The bar that holds a tick, from 0. */
  barAtTick(tick: Tick): number {
    const whole = Math.floor(tick);
    const span = this.spanAtTick(whole);
    return span.firstBar + Math.max(0, this.barIn(span, whole));
  }

  /** First tick of a bar. */
  startTick(bar: number): Tick {
    const span = this.spanAtBar(bar);
    return this.startIn(span, bar - span.firstBar);
  }

  /** First tick after a bar. */
  endTick(bar: number): Tick {
    return this.startTick(bar + 1);
  }

  /** First tick of a beat (from 0) of a bar; one past the bar's end falls into the time of later bars. */
  beatTick(bar: number, beat: number): Tick {
    const { denominator } = this.spanAtBar(bar);
    return Math.floor(this.startTick(bar) + (beat * this.wholeTicks) / denominator);
  }

  meterAtBar(bar: number): { numerator: number; denominator: number } {
    const { numerator, denominator } = this.spanAtBar(bar);
    return { numerator, denominator };
  }

  /** How many bars it takes to hold so many ticks; none of nothing. */
  count(durationTicks: Tick): number {
    return durationTicks <= 0 ? 0 : this.barAtTick(durationTicks - 1) + 1;
  }

  /** The bar and beat that hold a tick. What rounding leaves at a bar's end belongs to its last beat. */
  positionAtTick(tick: Tick): BarLine {
    const bar = this.barAtTick(tick);
    const { numerator, denominator } = this.spanAtBar(bar);
    const inBar = Math.max(0, Math.floor(tick) - this.startTick(bar));
    const started = Math.floor(((inBar + 1) * denominator - 1) / this.wholeTicks);
    const beat = Math.min(numerator - 1, started);
    return { tick: this.beatTick(bar, beat), bar, beat };
  }

  /** Bars and beats that start in [startTick, endTick), in order. */
  lines(startTick: Tick, endTick: Tick): BarLine[] {
    const lines: BarLine[] = [];
    for (let bar = this.barAtTick(Math.max(0, startTick)); ; bar += 1) {
      const barEnd = this.endTick(bar);
      if (this.startTick(bar) >= endTick) return lines;
      const { numerator } = this.spanAtBar(bar);
      // A meter change may cut the bar short.
      for (let beat = 0; beat < numerator; beat += 1) {
        const tick = this.beatTick(bar, beat);
        if (tick >= barEnd || tick >= endTick) break;
        if (tick >= startTick) lines.push({ tick, bar, beat });
      }
    }
  }

  /** Let a meter hold from its tick on. */
  private take({ tick, numerator, denominator }: TimeSignature): void {
    const isSame = (span: Span) => span.numerator === numerator && span.denominator === denominator;
    const last = this.lastSpan(() => true);
    if (isSame(last)) return;
    // The last change may have moved to a bar line after this one's tick.
    const startTick = this.onBarLine(last, Math.max(tick, last.startTick));
    if (startTick === last.startTick) this.spans.pop();
    const before = this.spans.at(-1);
    if (before !== undefined && isSame(before)) return;
    const firstBar = before === undefined ? 0 : before.firstBar + this.barsBefore(before, startTick);
    this.spans.push({ startTick, firstBar, numerator, denominator });
  }

  /** The bar line that is near a tick of a span or after it, else the tick itself. */
  private onBarLine(span: Span, tick: Tick): Tick {
    const bar = this.barIn(span, tick);
    const [start, end] = [this.startIn(span, bar), this.startIn(span, bar + 1)];
    const isNear = (distance: number) => NEAR_BEATS * distance * span.denominator <= this.wholeTicks;
    if (isNear(tick - start)) return start;
    return end < MAX_TICK && isNear(end - tick) ? end : tick;
  }

  private startIn(span: Span, bars: number): Tick {
    return span.startTick + Math.floor((bars * span.numerator * this.wholeTicks) / span.denominator);
  }

  /** A bar may not be a whole number of ticks, and its start is rounded down: the last one that has started. */
  private barIn({ startTick, numerator, denominator }: Span, tick: Tick): number {
    return Math.floor(((tick - startTick + 1) * denominator - 1) / (numerator * this.wholeTicks));
  }

  /** Bars, also one that is cut short, that a span has before a tick. */
  private barsBefore(span: Span, tick: Tick): number {
    return tick === span.startTick ? 0 : this.barIn(span, tick - 1) + 1;
  }

  private spanAtTick(tick: Tick): Span {
    return this.lastSpan((span) => span.startTick <= tick);
  }

  private spanAtBar(bar: number): Span {
    return this.lastSpan((span) => span.firstBar <= bar);
  }

  /** Spans that have begun come first: a search by halves, since a song may change its meter in every bar. */
  private lastSpan(hasBegun: (span: Span) => boolean): Span {
    let [low, high] = [1, this.spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const span = this.spans[middle];
      if (span !== undefined && hasBegun(span)) low = middle + 1;
      else high = middle;
    }
    const found = this.spans[low - 1];
    if (found === undefined) throw new RangeError("a bar map has at least one meter");
    return found;
  }
}
