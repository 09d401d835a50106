import { describe, expect, test } from "vitest";
import { parsePitch, parsePitchList, parsePitchRange, pitchName } from "../../../bridge/music/pitch.ts";

describe("pitches", () => {
  test.each([
    ["C4", 60],
    ["c4", 60],
    ["60", 60],
    ["C-1", 0],
    ["G9", 127],
    ["F#3", 54],
    ["Gb3", 54],
    ["B#3", 60],
    ["Cb4", 59],
    ["0", 0],
    ["127", 127],
  ])("%s is %i", (text, pitch) => expect(parsePitch(text)).toBe(pitch));

  test.each(["", "H4", "C", "C10", "G#9", "128", "-1", "4C", "C##4", "C4 D4"])("%j is none", (text) => {
    expect(() => parsePitch(text)).toThrowError(expect.objectContaining({ code: "PITCH_INVALID" }));
  });

  test("every pitch has a name that leads back to it", () => {
    for (let pitch = 0; pitch <= 127; pitch++) expect(parsePitch(pitchName(pitch))).toBe(pitch);
  });
});

describe("pitch ranges", () => {
  test.each([
    ["C3-C6", [48, 84]],
    ["48-84", [48, 84]],
    ["C-1-C0", [0, 12]],
    ["Bb-1 - C4", [10, 60]],
    ["60-60", [60, 60]],
  ])("%s is %j", (text, range) => expect(parsePitchRange(text)).toEqual(range));

  test("the higher pitch first is an error of its own", () => {
    expect(() => parsePitchRange("C6-C3")).toThrowError(
      expect.objectContaining({ code: "PITCH_RANGE_INVERTED" }),
    );
  });

  test.each(["C3", "C3-", "-C3", "C3-C4-C5", "low-high", "C3-128"])("%j is none", (text) => {
    expect(() => parsePitchRange(text)).toThrowError(expect.objectContaining({ code: "PITCH_INVALID" }));
  });
});

test("pitch lists mix numbers and names", () => expect(parsePitchList("60, E4,67")).toEqual([60, 64, 67]));
