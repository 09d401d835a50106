import { describe, expect, test } from "vitest";
import { parseBars, parseRange, parseTicks } from "../../../bridge/music/span.ts";

const code = (value: string) => expect.objectContaining({ code: value });

describe("bars", () => {
  test.each([
    ["5-8", 5, 8],
    ["5", 5, 5],
    [" 1 - 2 ", 1, 2],
  ])("%j", (text, first, last) => expect(parseBars(text)).toEqual({ bars: { first, last } }));

  test.each(["", "0", "0-4", "-3", "a", "1-2-3", "1.5", "99999999999"])("%j is none", (text) => {
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

  test.each(["5-8", "5.0-8.1", "0.1-1.1", "5.1", "5.1-8", "x"])("%j is none", (text) => {
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
  test.each(["", "7", "a-b", "1-4294967296", "-1-4"])("%j is none", (text) => {
    expect(() => parseTicks(text)).toThrowError(code("TICKS_INVALID"));
  });
});
