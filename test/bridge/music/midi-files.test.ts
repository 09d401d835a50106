/**
 * Which file names are MIDI files.
 */
import { describe, expect, test } from "vitest";
import {
  isMidiName,
  MIDI_ENDINGS,
  MIDI_ENDINGS_TEXT,
  withoutMidiEnding,
} from "../../../bridge/music/midi-files.ts";
import { isOwnOutput, outputName } from "../../../bridge/watch/output-names.ts";

const NAMES = ["a.mid", "Ü.MIDI", "b c.Kar", "d.RMI", "e.f.smf"];

describe("names of MIDI files", () => {
  test("endings count in any case, hidden files and others do not", () => {
    expect(NAMES.filter(isMidiName)).toEqual(NAMES);
    for (const name of [
      "mid",
      "a",
      "a.mid.txt",
      "a.midi2",
      ".a.mid",
      ".mid",
      "x/.a.mid",
      "x\\.a.mid",
      "a.wav",
    ]) {
      expect([name, isMidiName(name)]).toEqual([name, false]);
    }
    expect(isMidiName("x.y/a.mid")).toBe(true);
  });

  test("the ending goes where a song is named", () => {
    expect(NAMES.map(withoutMidiEnding)).toEqual(["a", "Ü", "b c", "d", "e.f"]);
    expect(withoutMidiEnding("a.wav")).toBe("a.wav");
    expect(MIDI_ENDINGS_TEXT).toBe(".mid, .midi, .kar, .rmi or .smf");
  });

  test("fills beside songs in a watched folder are of their kind, and are filled no further", () => {
    expect(outputName("a.mid", 1)).toBe("a.filled.mid");
    expect(outputName("a.MIDI", 2)).toBe("a.filled-2.mid");
    expect(outputName("a.kar", 1)).toBe("a.filled.kar");
    expect(outputName("a.RMI", 3)).toBe("a.filled-3.rmi");
    for (const ending of MIDI_ENDINGS) {
      expect(isOwnOutput(`a.filled${ending}`)).toBe(true);
      expect(isOwnOutput(`a.filled-12${ending.toUpperCase()}`)).toBe(true);
      expect(isOwnOutput(`filled${ending}`)).toBe(false);
    }
  });
});
