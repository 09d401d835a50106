/**
 * Ticks to seconds and back, over a tempo map. As `native/midi/src/tempo.rs` has it.
 */

import type { Seconds, Tick } from "./time.ts";
export interface TempoChange {
  readonly tick: Tick;
  /** Quarters a minute. */
  readonly qpm: number;
}

interface Span extends TempoChange {
  readonly seconds: Seconds;
}

const DEFAULT_QPM = 120;

export class TempoMap {
  /** Never empty; the first is at tick 0. */
  private readonly spans: Span[];
  private readonly ppq: number;

  /**
   * @param changes  by tick; entries out of order or without a positive tempo are left out; 120 where none holds
   * @param ppq  ticks a quarter
   */
  constructor(changes: readonly TempoChange[], ppq: number) {
    this.ppq = Math.max(1, ppq);
    let last: Span = { tick: 0, qpm: DEFAULT_QPM, seconds: 0 };
    this.spans = [last];
    for (const { tick, qpm } of changes) {
      if (tick < last.tick || !(qpm > 0) || !Number.isFinite(qpm)) continue;
      const seconds = last.seconds + this.secondsOf(tick - last.tick, last.qpm);
      if (tick === last.tick) this.spans.pop();
      last = { tick, qpm, seconds };
      this.spans.push(last);
    }
  }

  qpmAtTick(tick: Tick): number {
    return this.last((span) => span.tick <= tick).qpm;
  }

  /** Seconds from the start of the song to a tick. */
  secondsFromTicks(tick: Tick): Seconds {
    const span = this.last(({ tick: from }) => from <= tick);
    return span.seconds + this.secondsOf(tick - span.tick, span.qpm);
  }

  /** The tick at a time in seconds, with its fraction; 0 before the song. */
  ticksFromSeconds(seconds: Seconds): Tick {
    const span = this.last((one) => one.seconds <= seconds);
    return Math.max(0, span.tick + ((seconds - span.seconds) * span.qpm * this.ppq) / 60);
  }

  private secondsOf(ticks: Tick, qpm: number): Seconds {
    return (ticks * 60) / (qpm * this.ppq);
  }

  private last(isBefore: (span: Span) => boolean): Span {
    const found = this.spans.findLast(isBefore) ?? this.spans[0];
    if (found === undefined) throw new RangeError("a tempo map has at least one tempo");
    return found;
  }
}
