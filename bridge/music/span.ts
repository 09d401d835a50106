/**
 * Parts of a song as people write them: bars, bar.beat ranges, ticks. Only the writing is looked at here;
 * whether the song has such bars is known where its meters are, in the addon.
 */
import { BridgeError } from "../bridge-error.ts";

/** Bars and beats count from 1 and include the last one; ticks are half-open. */
export type Span =
  | { bars: { first: number; last: number } }
  | { beats: { first: BeatPlace; last: BeatPlace } }
  | { ticks: TickSpan };

export interface BeatPlace {
  bar: number;
  beat: number;
}

export interface TickSpan {
  startTick: number;
  endTick: number;
}

/** What 32 bits hold; a song ends long before. */
const LARGEST = 2 ** 32 - 1;

/**
 * "5-8", or "5" for one bar.
 * @throws BridgeError BARS_INVALID, REGION_INVERTED
 */
export function parseBars(text: string): Span {
  const [, from, to] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(text) ?? [];
  const invalid = () =>
    new BridgeError("BARS_INVALID", `"${text}" names no bars; write 5-8 or 5, counting from 1`, {
      data: { value: text },
    });
  const first = wholeNumber(from, invalid);
  const last = to === undefined ? first : wholeNumber(to, invalid);
  if (first < 1 || last < 1) throw invalid();
  if (last < first) throw inverted(`bars ${text.trim()}`);
  return { bars: { first, last } };
}

/**
 * "5.1-8.3": from the start of beat 1 of bar 5 to the end of beat 3 of bar 8.
 * @throws BridgeError RANGE_INVALID, REGION_INVERTED
 */
export function parseRange(text: string): Span {
  const parts = /^\s*(\d+)\.(\d+)\s*-\s*(\d+)\.(\d+)\s*$/.exec(text);
  const invalid = () =>
    new BridgeError("RANGE_INVALID", `"${text}" is no range; write bar.beat-bar.beat such as 5.1-8.3`, {
      data: { value: text },
    });
  const first = { bar: wholeNumber(parts?.[1], invalid), beat: wholeNumber(parts?.[2], invalid) };
  const last = { bar: wholeNumber(parts?.[3], invalid), beat: wholeNumber(parts?.[4], invalid) };
  if (Math.min(first.bar, first.beat, last.bar, last.beat) < 1) throw invalid();
  if (last.bar < first.bar || (last.bar === first.bar && last.beat < first.beat)) {
    throw inverted(`range ${text.trim()}`);
  }
  return { beats: { first, last } };
}

/**
 * "1920-3840": from tick 1920 up to, not including, tick 3840.
 * @throws BridgeError TICKS_INVALID, REGION_INVERTED, REGION_EMPTY
 */
export function parseTicks(text: string): TickSpan {
  const [, from, to] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text) ?? [];
  const invalid = () =>
    new BridgeError("TICKS_INVALID", `"${text}" names no ticks; write 1920-3840`, { data: { value: text } });
  const [startTick, endTick] = [wholeNumber(from, invalid), wholeNumber(to, invalid)];
  if (endTick < startTick) throw inverted(`ticks ${text.trim()}`);
  if (endTick === startTick) {
    throw new BridgeError(
      "REGION_EMPTY",
      `ticks ${text.trim()} hold nothing; the end must come after the start`,
      {
        data: { startTick, endTick },
      },
    );
  }
  return { startTick, endTick };
}

function wholeNumber(text: string | undefined, invalid: () => BridgeError): number {
  const value = Number(text);
  if (text === undefined || value > LARGEST) throw invalid();
  return value;
}

function inverted(text: string): BridgeError {
  return new BridgeError("REGION_INVERTED", `${text} ends before it starts; give the earlier place first`, {
    data: { region: text },
  });
}
