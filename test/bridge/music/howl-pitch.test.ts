/**
 * Howl's pitch numbers: every example of its description, and the edge cases around them.
 */
import { describe, expect, test } from "vitest";
import { BridgeError } from "../../../bridge/bridge-error.ts";
import {
  howlName,
  joinHowlPitch,
  parseHowlName,
  randomHowlPitch,
  splitHowlPitch,
} from "../../../bridge/music/howl-pitch.ts";

const clamped = (pitch: number) => joinHowlPitch(splitHowlPitch(pitch));

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
    expect(joinHowlPitch({ octave, semitone })).toBe(clamped(pitch));
  });

  test.each([
    [59.4, 59],
    [59.6, 48],
    [-60.4, -60],
    [-60.6, -49],
    [1200, 48],
    [-1200, -60],
    [0.5, 1],
  ])("%d is rounded, then its octave is clamped: %i", (real, pitch) => expect(clamped(real)).toBe(pitch));

  test("an octave out of range is clamped on the way back too", () => {
    expect(joinHowlPitch({ octave: -7, semitone: 3 })).toBe(-57);
    expect(joinHowlPitch({ octave: 12, semitone: 11 })).toBe(59);
  });

  test("a random pitch repeats with its seed, and all are as likely", () => {
    expect(randomHowlPitch(7)).toBe(randomHowlPitch(7));
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const pitch = randomHowlPitch(seed);
      counts.set(pitch, (counts.get(pitch) ?? 0) + 1);
    }
    expect([Math.min(...counts.keys()), Math.max(...counts.keys()), counts.size]).toEqual([-60, 59, 120]);
    expect(Math.min(...counts.values())).toBeGreaterThan(130);
    expect(Math.max(...counts.values())).toBeLessThan(270);
  });

  test("every pitch survives its name", () => {
    for (let pitch = -60; pitch < 60; pitch++) expect(parseHowlName(howlName(pitch))).toBe(pitch);
  });

  test.each(["H4", "", "C##4", "Cb4", "Fb", "4", "C4x"])("%j is refused, not read as C", (name) => {
    expect(() => parseHowlName(name)).toThrow(BridgeError);
  });
});
