/**
 * A bar of clicks before the music begins.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { TempoMap } from "../../bridge/music/tempo.ts";
import type { Seconds, Tick } from "../../bridge/music/time.ts";
import type { ClickEvent } from "./output.ts";

interface CountIn {
  readonly clicks: readonly ClickEvent[];
  /** When the music begins. */
  readonly endSeconds: Seconds;
}

/** In the meter and the tempo of the place where the music begins. */
export function countIn(bars: Bars, tempo: TempoMap, tick: Tick, atSeconds: Seconds): CountIn {
  const { numerator, denominator } = bars.meterAtBar(bars.barAtTick(tick));
  const beatSeconds = (60 / tempo.qpmAtTick(tick)) * (4 / denominator);
  const clicks = Array.from({ length: numerator }, (_, beat): ClickEvent => {
    return { kind: "click", seconds: atSeconds + beat * beatSeconds, isBarStart: beat === 0 };
  });
  return { clicks, endSeconds: atSeconds + numerator * beatSeconds };
}
