/**
 * Every example that Howl's description states, and the edges around them.
 */
import { describe, expect, test } from "vitest";
import { BridgeError } from "../../../bridge/bridge-error.ts";
import {
  clampHowlPitch,
  howlName,
  joinHowlPitch,
  parseHowlName,
  splitHowlPitch,
} from "../../../bridge/music/howl-pitch.ts";

describe("pitches as Howl counts them", () => {
  test.each([
    ["c4", 0],
    ["C4", 0],
    ["C#5", 13],
    ["C3", -12],
    ["C", 0],
    ["bb", 10],
    ["Db4", 1],
    ["Eb4", 3],
    ["Gb4", 6],
    ["Ab4", 8],
    ["C-1", -60],
    ["B8", 59],
    ["C-9", -60],
    ["B100", 59],
  ])("%s is %i", (name, pitch) => expect(parseHowlName(name)).toBe(pitch));

  test.each([
    [0, "C4"],
    [12 * 100 + 11, "B8"],
    [-12 * 100, "C-1"],
    [1, "C#4"],
    [10, "A#4"],
    [-1, "B3"],
    [1.6, "D4"],
    [-0.4, "C4"],
  ])("%d is named %s", (pitch, name) => expect(howlName(pitch)).toBe(name));

  test.each([
    ["MIDI 0", 0 - 60, -1, 0],
    ["MIDI 119", 119 - 60, 8, 11],
    ["MIDI 120 moves into octave 8", 120 - 60, 8, 0],
    ["MIDI 127 moves into octave 8", 127 - 60, 8, 7],
    ["below octave -1", -61, -1, 11],
    ["a real number is rounded", 11.5, 5, 0],
  ])("%s", (_, pitch, octave, semitone) => {
    expect(splitHowlPitch(pitch)).toEqual({ octave, semitone });
    expect(joinHowlPitch({ octave, semitone })).toBe(clampHowlPitch(pitch));
  });

  test("every pitch survives its name", () => {
    for (let pitch = -60; pitch < 60; pitch++) expect(parseHowlName(howlName(pitch))).toBe(pitch);
  });

  test.each(["H4", "", "C##4", "Cb4", "Fb", "4", "C4x"])("%j is refused, not read as C", (name) => {
    expect(() => parseHowlName(name)).toThrow(BridgeError);
  });
});
