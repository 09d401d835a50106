/**
 * The status line under the editor, which is also read aloud.
 */
import { expect, test } from "vitest";
import { Bars } from "../../bridge/music/bars.ts";
import { newNote } from "../../page/document/song.ts";
import {
  lengthName,
  noteInWords,
  regionName,
  selectionInWords,
  spanName,
} from "../../page/editor/describe.ts";
import { drumName } from "../../page/editor/drum-names.ts";
import { trackTitle } from "../../page/editor/track-title.ts";

const PPQ = 480;
const bars = new Bars([{ tick: 0, numerator: 4, denominator: 4 }], PPQ);
const note = (startTick: number, durationTicks: number, pitch: number) =>
  newNote({ startTick, durationTicks, pitch, velocity: 90, channel: 0 });

test("a note: pitch, place, length, velocity", () => {
  expect(noteInWords(note(4 * 1920 + 480, 480, 60), bars, PPQ, false)).toBe(
    "C4, bar 5 beat 2, quarter, velocity 90",
  );
  expect(noteInWords(note(0, 60, 38), bars, PPQ, true)).toBe("Snare, bar 1 beat 1, 32nd, velocity 90");
});

test("lengths that are played are called by the nearest name", () => {
  expect([480, 470, 720, 240, 160, 320, 120, 1920].map((ticks) => lengthName(ticks, PPQ))).toEqual([
    "quarter",
    "quarter",
    "dotted quarter",
    "eighth",
    "triplet eighth",
    "triplet quarter",
    "16th",
    "whole",
  ]);
  expect(lengthName(1100, PPQ)).toBe("2.3 quarters");
});

test("several notes: how many, from where to where", () => {
  const notes = [note(0, 480, 60), note(1920, 1920, 72), note(1920, 10, 55)];
  expect(selectionInWords(notes, bars, PPQ, false)).toBe("3 notes selected, bars 1-2, G3 to C5");
  expect(selectionInWords(notes, bars, PPQ, true)).toBe("3 notes selected, bars 1-2");
  expect(selectionInWords([], bars, PPQ, false)).toBe("");
});

test("a region: bars where its edges are those of bars, else beats", () => {
  expect(regionName(4 * 1920, 8 * 1920, bars)).toBe("bars 5-8");
  expect(regionName(1920, 3840, bars)).toBe("bar 2");
  expect(regionName(480, 960, bars)).toBe("beat 1.2");
  expect(regionName(480, 1920 + 480, bars)).toBe("beats 1.2-2.1");
  expect(spanName(100, 2000, bars)).toBe("bars 1-2");
});

test("drums have the names of General MIDI, others their pitch", () => {
  expect([35, 36, 42, 46, 49, 87].map(drumName)).toEqual([
    "Kick 2",
    "Kick",
    "Closed hi-hat",
    "Open hi-hat",
    "Crash",
    "Open surdo",
  ]);
  expect([26, 88].map(drumName)).toEqual(["D1", "E6"]);
});

test("a track without a name is called by its number", () => {
  expect([trackTitle({ name: "  " }, 1), trackTitle({ name: "Flute" }, 0)]).toEqual(["Track 2", "Flute"]);
});
