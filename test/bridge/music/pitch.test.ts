/**
 * Pitches as people write them, and their names.
 */
import { describe, expect, test } from "vitest";
import {
  parsePitch,
  parsePitchList,
  parsePitchRange,
  pitchName,
  readPitch,
} from "../../../bridge/music/pitch.ts";

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

  test.each(["", "H4", "C", "C10", "G#9", "128", "-1", "4C", "C##4", "C4 D4"])("%j is refused", (text) => {
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

  test.each(["C3", "C3-", "-C3", "C3-C4-C5", "low-high", "C3-128"])("%j is refused", (text) => {
    expect(() => parsePitchRange(text)).toThrowError(expect.objectContaining({ code: "PITCH_INVALID" }));
  });
});

test("pitch lists mix numbers and names", () => expect(parsePitchList("60, E4,67")).toEqual([60, 64, 67]));

describe("pitches as people write them", () => {
  test.each([
    ["E♭3", 51],
    ["F♯4", 66],
    ["eb3", 51],
    ["H3", 59],
    ["B3", 59],
    ["Cis4", 61],
    ["Es4", 63],
    ["As3", 56],
    ["Ges4", 66],
    ["C##4", 62],
    ["C𝄪4", 62],
    ["B♭♭3", 57],
    ["D𝄫4", 60],
    ["Cb4", 59],
    ["H#3", 60],
    ["B flat 3", 58],
    ["F sharp 2", 42],
    ["C♮4", 60],
    [" 60 ", 60],
    ["C-1", 0],
  ])("%s is %i", (text, pitch) => expect(readPitch(text)).toBe(pitch));

  test.each(["", "J4", "Cs4", "C###4", "4C", "C4 D4", "Cb-1", "H9", "♭4"])("%j is refused", (text) => {
    expect(() => readPitch(text)).toThrowError(expect.objectContaining({ code: "PITCH_INVALID" }));
  });

  test("a name without an octave says so, and in a list means every octave", () => {
    expect(() => readPitch("F#")).toThrowError(/"F#" has no octave; write one after it, such as F#4/);
    expect(parsePitchList("F#")).toEqual([6, 18, 30, 42, 54, 66, 78, 90, 102, 114, 126]);
    expect(parsePitchList("C4,B♭3,H")).toEqual([60, 58, 11, 23, 35, 47, 59, 71, 83, 95, 107, 119]);
  });

  test.each([
    ["E♭3-H5", [51, 83]],
    ["Es2–C4", [39, 60]],
    ["C3..C6", [48, 84]],
    ["C-1 - C0", [0, 12]],
    ["B flat 2 - F sharp 3", [46, 54]],
  ])("the range %s is %j", (text, range) => expect(parsePitchRange(text)).toEqual(range));
});
