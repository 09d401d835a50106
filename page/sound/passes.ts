/**
 * Maps ticks to seconds: playing is one pass over the song after another, a new one at each loop.
 */
import type { TempoMap } from "../../bridge/music/tempo.ts";
import type { Seconds, Tick } from "../../bridge/music/time.ts";

interface Pass {
  readonly startTick: Tick;
  readonly startSeconds: Seconds;
  /** Where and when it ended; undefined of the last one. */
  end?: { readonly tick: Tick; readonly seconds: Seconds };
}

export class Passes {
  private list: Pass[];
  private last: Pass;

  constructor(startTick: Tick, startSeconds: Seconds) {
    this.last = { startTick, startSeconds };
    this.list = [this.last];
  }

  begin(startTick: Tick, startSeconds: Seconds): void {
    this.last = { startTick, startSeconds };
    this.list.push(this.last);
  }

  end(tick: Tick, seconds: Seconds): void {
    this.last.end = { tick, seconds };
  }

  /** When a tick of the last pass sounds. */
  secondsFromTicks(tick: Tick, tempo: TempoMap): Seconds {
    const { startTick, startSeconds } = this.last;
    return startSeconds + (tempo.secondsFromTicks(tick) - tempo.secondsFromTicks(startTick));
  }

  /** The tick, with its fraction, that the last pass comes to at a second, also after its end. */
  ticksFromSeconds(seconds: Seconds, tempo: TempoMap): Tick {
    return ticksIn(this.last, seconds, tempo);
  }

  /**
   * What is heard at a second, as it was sent ahead; passes before it are forgotten.
   * @returns undefined after the end
   */
  tickAt(seconds: Seconds, tempo: TempoMap): Tick | undefined {
    const at = this.list.findLastIndex(({ startSeconds }) => startSeconds <= seconds);
    this.list = this.list.slice(Math.max(0, at));
    const pass = this.list[0] ?? this.last;
    if (pass.end === undefined) return ticksIn(pass, Math.max(seconds, pass.startSeconds), tempo);
    if (seconds >= pass.end.seconds) return undefined;
    return Math.min(pass.end.tick, ticksIn(pass, Math.max(seconds, pass.startSeconds), tempo));
  }
}

function ticksIn({ startTick, startSeconds }: Pass, seconds: Seconds, tempo: TempoMap): Tick {
  const ticks = tempo.ticksFromSeconds(tempo.secondsFromTicks(startTick) + (seconds - startSeconds));
  return seconds >= startSeconds ? Math.max(startTick, ticks) : Math.min(startTick, ticks);
}
