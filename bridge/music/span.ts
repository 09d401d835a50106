/**
 * Parts of a song as people write them: bars, bar.beat ranges, ticks. Only the syntax is checked here; the addon,
 * which knows the meters, checks that the bars exist.
 */
import { BridgeError } from "../bridge-error.ts";
import type { Tick } from "./time.ts";

/** A bar from 1, or that of the song's end. */
export type Bar = number | "last";

/** Bars and beats count from 1 and include the last one; ticks are half-open. */
export type Span =
  | { bars: { first: Bar; last: Bar } }
  | { beats: { first: BeatPosition; last: BeatPosition } }
  | { ticks: TickSpan };

interface BeatPosition {
  bar: number;
  beat: number;
}

export interface TickSpan {
  startTick: Tick;
  endTick: Tick;
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
    new BridgeError("BARS_INVALID", `"${text}" is not a range of bars; write 5-8 or 5, counting from 1`, {
      data: { value: text },
    });
  const first = wholeNumber(from, invalid);
  const last = to === undefined ? first : wholeNumber(to, invalid);
  if (first < 1 || last < 1) throw invalid();
  if (last < first) throw inverted(`bars ${text.trim()}`);
  return { bars: { first, last } };
}

/** Between the ends of a span: "-", "–", "..", ":". */
const TO = String.raw`\s*(?:-|\u2013|\.\.|:)\s*`;
const BAR_SPAN = new RegExp(String.raw`^(\d+|last)?${TO}(\d+|last)?$`, "i");
const BEAT_SPAN = new RegExp(String.raw`^(\d+)\.(\d+)${TO}(\d+)\.(\d+)$`);
const TICK_SPAN = new RegExp(String.raw`^(\d+)${TO}(\d+)$`);

/** The items of a list; a text without any is one item, so that it is refused by its own parser. */
function items(text: string): string[] {
  const found = text.split(/[,;]/).map((item) => item.trim());
  return found.some((item) => item !== "") ? found.filter((item) => item !== "") : [text];
}

/**
 * Bars as people write them: "5-8", "5", "5-" to the song's end, "-8" from its start, "last"; also "5..8" and "5:8",
 * and several of them, "5-8,12-14".
 * @throws BridgeError BARS_INVALID, REGION_INVERTED
 */
export function parseBarList(text: string): Span[] {
  return items(text.replace(/^\s*bars?\b/i, "")).map((item) => {
    if (/^\d+(\s*-\s*\d+)?$/.test(item)) return parseBars(item);
    const invalid = () =>
      new BridgeError(
        "BARS_INVALID",
        `"${item}" is not a range of bars; write 5-8, 5, 5- (to the end), -8 (from the start), last, or several as 5-8,12-14`,
        { data: { value: text } },
      );
    const [, from, to] = /^last$/i.test(item) ? [item, item, item] : (BAR_SPAN.exec(item) ?? []);
    if (from === undefined && to === undefined) throw invalid();
    const bar = (written: string): Bar => {
      if (/^last$/i.test(written)) return "last";
      const number = wholeNumber(written, invalid);
      if (number < 1) throw invalid();
      return number;
    };
    const [first, last] = [bar(from ?? "1"), bar(to ?? "last")];
    const isInverted = last !== "last" && (first === "last" || last < first);
    if (isInverted) throw inverted(`bars ${item}`);
    return { bars: { first, last } };
  });
}

/**
 * Ranges of beats, "5.1-8.3" or several, "5.1-8.3,12.1-13.4"; also "5.1..8.3" and "5.1:8.3".
 * @throws BridgeError RANGE_INVALID, REGION_INVERTED
 */
export function parseRangeList(text: string): Span[] {
  return items(text).map((item) => {
    const [, ...numbers] = BEAT_SPAN.exec(item) ?? [];
    const [bar, beat, lastBar, lastBeat] = numbers;
    return parseRange(numbers.length === 0 ? item : `${bar}.${beat}-${lastBar}.${lastBeat}`);
  });
}

/**
 * Ticks, "1920-3840" or several, "0-480,1920-3840"; also "1920..3840" and "1920:3840".
 * @throws BridgeError TICKS_INVALID, REGION_INVERTED, REGION_EMPTY
 */
export function parseTickList(text: string): TickSpan[] {
  return items(text).map((item) => {
    const [, from, to] = TICK_SPAN.exec(item) ?? [];
    return parseTicks(from === undefined ? item : `${from}-${to}`);
  });
}

/**
 * "5.1-8.3": from the start of beat 1 of bar 5 to the end of beat 3 of bar 8.
 * @throws BridgeError RANGE_INVALID, REGION_INVERTED
 */
export function parseRange(text: string): Span {
  const parts = /^\s*(\d+)\.(\d+)\s*-\s*(\d+)\.(\d+)\s*$/.exec(text);
  const invalid = () =>
    new BridgeError(
      "RANGE_INVALID",
      `"${text}" is not a range of beats; write bar.beat-bar.beat such as 5.1-8.3, or whole bars with --bars 5-8`,
      {
        data: { value: text },
      },
    );
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
    new BridgeError("TICKS_INVALID", `"${text}" is not a range of ticks; write 1920-3840`, {
      data: { value: text },
    });
  const [startTick, endTick] = [wholeNumber(from, invalid), wholeNumber(to, invalid)];
  if (endTick < startTick) throw inverted(`ticks ${text.trim()}`);
  if (endTick === startTick) {
    throw new BridgeError(
      "REGION_EMPTY",
      `the tick range ${text.trim()} is empty; the end must come after the start`,
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
  return new BridgeError(
    "REGION_INVERTED",
    `${text} ends before it starts; give the earlier position first`,
    {
      data: { region: text },
    },
  );
}
