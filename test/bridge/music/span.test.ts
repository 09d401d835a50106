/**
 * Bars, beats and ticks as people write them.
 */
import { describe, expect, test } from "vitest";
import {
  parseBarList,
  parseBars,
  parseRange,
  parseRangeList,
  parseTickList,
  parseTicks,
} from "../../../bridge/music/span.ts";

const code = (value: string) => expect.objectContaining({ code: value });

describe("bars", () => {
  test.each([
    ["5-8", 5, 8],
    ["5", 5, 5],
    [" 1 - 2 ", 1, 2],
  ])("%j", (text, first, last) => expect(parseBars(text)).toEqual({ bars: { first, last } }));

  test.each(["", "0", "0-4", "-3", "a", "1-2-3", "1.5", "99999999999"])("%j is refused", (text) => {
    expect(() => parseBars(text)).toThrowError(code("BARS_INVALID"));
  });

  test("the later bar first", () => expect(() => parseBars("8-5")).toThrowError(code("REGION_INVERTED")));
});

describe("ranges of beats", () => {
  test("bar and beat on both sides", () => {
    expect(parseRange("5.1-8.3")).toEqual({
      beats: { first: { bar: 5, beat: 1 }, last: { bar: 8, beat: 3 } },
    });
  });

  test.each(["5-8", "5.0-8.1", "0.1-1.1", "5.1", "5.1-8", "x"])("%j is refused", (text) => {
    expect(() => parseRange(text)).toThrowError(code("RANGE_INVALID"));
  });

  test.each(["8.1-5.1", "5.3-5.2"])("%s is inverted", (text) => {
    expect(() => parseRange(text)).toThrowError(code("REGION_INVERTED"));
  });

  test("one beat", () => {
    expect(parseRange("5.2-5.2")).toEqual({
      beats: { first: { bar: 5, beat: 2 }, last: { bar: 5, beat: 2 } },
    });
  });
});

describe("ticks", () => {
  test("half-open", () => expect(parseTicks("0-1920")).toEqual({ startTick: 0, endTick: 1920 }));
  test("empty", () => expect(() => parseTicks("7-7")).toThrowError(code("REGION_EMPTY")));
  test("inverted", () => expect(() => parseTicks("9-7")).toThrowError(code("REGION_INVERTED")));
  test.each(["", "7", "a-b", "1-4294967296", "-1-4"])("%j is refused", (text) => {
    expect(() => parseTicks(text)).toThrowError(code("TICKS_INVALID"));
  });
});

describe("lists of bars", () => {
  const bars = (first: number | "last", last: number | "last" = first) => ({ bars: { first, last } });

  test.each([
    ["5-8", [bars(5, 8)]],
    ["5", [bars(5)]],
    ["5-", [bars(5, "last")]],
    ["-8", [bars(1, 8)]],
    ["last", [bars("last")]],
    ["5-last", [bars(5, "last")]],
    ["5..8", [bars(5, 8)]],
    ["5:8", [bars(5, 8)]],
    ["5 – 8", [bars(5, 8)]],
    ["bars 5-8", [bars(5, 8)]],
    ["5-8,12-14", [bars(5, 8), bars(12, 14)]],
    ["1; 3-4, Last", [bars(1), bars(3, 4), bars("last")]],
  ])("%j", (text, spans) => expect(parseBarList(text)).toEqual(spans));

  test.each(["", ",", "-", "0", "0-4", "5-8-9", "five", "1.5", "5,x", "99999999999", "5...8", "lastlast"])(
    "%j is refused",
    (text) => expect(() => parseBarList(text)).toThrowError(code("BARS_INVALID")),
  );

  test.each(["8-5", "last-5", "1-2,8-5"])("%j is inverted", (text) => {
    expect(() => parseBarList(text)).toThrowError(code("REGION_INVERTED"));
  });
});

describe("lists of beats and ticks", () => {
  test("several, with other signs between their ends", () => {
    expect(parseRangeList("5.1..8.3, 9.2:9.4")).toEqual([
      { beats: { first: { bar: 5, beat: 1 }, last: { bar: 8, beat: 3 } } },
      { beats: { first: { bar: 9, beat: 2 }, last: { bar: 9, beat: 4 } } },
    ]);
    expect(parseTickList("0-480,1920..3840")).toEqual([
      { startTick: 0, endTick: 480 },
      { startTick: 1920, endTick: 3840 },
    ]);
  });

  test("what is wrong with one is wrong with all", () => {
    expect(() => parseRangeList("5.1-8.3,9-10")).toThrowError(code("RANGE_INVALID"));
    expect(() => parseRangeList("")).toThrowError(code("RANGE_INVALID"));
    expect(() => parseTickList("0-480,7")).toThrowError(code("TICKS_INVALID"));
    expect(() => parseTickList("5-5")).toThrowError(code("REGION_EMPTY"));
  });
});
