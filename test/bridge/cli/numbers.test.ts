/**
 * Numbers and durations of options, as people and programs write them.
 */
import { describe, expect, test } from "vitest";
import { parseDuration } from "../../../bridge/cli/duration.ts";
import { isDecimal, parseCount, parseDecimal } from "../../../bridge/cli/numbers.ts";
import { errorCode, runCli } from "../support/cli.ts";

describe("decimal numbers", () => {
  test.each([
    ["0.9", 0.9],
    [".5", 0.5],
    ["5.", 5],
    ["-0.25", -0.25],
    ["1e-3", 0.001],
    ["6E-4", 0.0006],
    ["+2.5e+2", 250],
    [" 7 ", 7],
  ])("%s", (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  test.each(["", ".", "e3", "1e", "0x10", "1,5", "1_000", "NaN", "Infinity", "1e999", "1e-3x"])(
    "not %s",
    (text) => {
      expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: "NUMBER_INVALID" }));
      expect(isDecimal(text)).toBe(false);
    },
  );
});

describe("counts", () => {
  test("whole numbers, however they are written", () => {
    expect(["4", "+4", "1e3", "2.0", " 12 "].map(parseCount)).toEqual([4, 4, 1000, 2, 12]);
  });

  test.each(["-1", "1.5", "1e-3", "1e99", "four", ""])("not %s", (text) => {
    expect(() => parseCount(text)).toThrow(expect.objectContaining({ code: "NUMBER_INVALID" }));
  });
});

test("durations have such numbers too", () => {
  expect(["90s", "1.5h", "1h30m", "5e-1s", ".5m", "1E1M"].map(parseDuration)).toEqual([
    90, 5400, 5400, 0.5, 30, 600,
  ]);
  for (const text of ["", "90", "-5s", "0s", "1e999h", "s"]) {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: "DURATION_INVALID" }));
  }
});

/** Commands whose files are not there: a number that cannot be read is told before that. */
test.each([
  [["train", "nowhere", "--out", "run", "--lr", "1e-3", "--replay-share", "2.5E-1"], "DATASET_IO"],
  [["train", "nowhere", "--out", "run", "--epochs", "5e-1", "--batch", "1e1"], "DATASET_IO"],
  [
    ["fill", "no.mid", "--track", "1", "--bars", "1", "-o", "o.mid", "--temperature", "9e-1"],
    "INPUT_NOT_FOUND",
  ],
  [["vary", "no.mid", "--track", "1", "--bars", "1", "-o", "o.mid", "--amount", "3e-1"], "INPUT_NOT_FOUND"],
  [
    ["generate", "--from-midi", "no.mid", "-o", "o.mid", "--noise", "1e-1", "--seconds", "6e1"],
    "INPUT_NOT_FOUND",
  ],
  [["dataset", "build", "nowhere", "-o", "out", "--hold-out", "1e-1"], "DATASET_IO"],
])("%s", async (args, code) => {
  expect(errorCode((await runCli(args)).stderr)).toBe(code);
});
