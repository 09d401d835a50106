/**
 * Error messages of the page: sentences for musicians, without bytes or codes.
 */
import { expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { Bars } from "../../bridge/music/bars.ts";
import { shownMs } from "../../page/app/Toasts.tsx";
import { plainText, warningsWorthTelling } from "../../page/ui/plain-words.ts";
import { whenInWords } from "../../page/ui/when.ts";

const BARS = new Bars([], 480);

test.each([
  [
    "MIDI_NOT_MIDI",
    'photo.png: the file starts with "\\x89PNG", not with MThd or a RIFF RMID header; choose a Standard MIDI File',
    "“photo.png” is not a MIDI file.",
  ],
  [
    "MIDI_TRUNCATED",
    "Lied: 2.mid: a chunk at byte 14 needs 500 bytes and 20 are left; the file is cut off, export or copy it again",
    "“Lied” is damaged or cut off. Export or copy it again.",
  ],
  [
    "NOTE_OVERLAP",
    "a.mid: the note at tick 2400 overlaps the note of the same pitch 60 at tick 2401; end one before the other begins",
    "Two notes of the same pitch overlap in bar 2, beat 2, which a MIDI file cannot represent. Shorten or delete one of them.",
  ],
  [
    "OUTPUT_DISK_FULL",
    "/x/y.mid was not written, the disk is full",
    "The disk is full. Free some space and save again.",
  ],
  ["SOMETHING_NEW", "the engine is out of oil; add some", "The engine is out of oil; add some."],
])("%s is said plainly", (code, message, text) => {
  expect(plainText(new BridgeError(code, message), BARS)).toBe(text);
});

test("of a daemon that is away it is said what to do, of anything else what it says", () => {
  const away = new BridgeError(
    "CONNECTION_LOST",
    "the connection to the daemon was lost; send the request again",
  );
  expect(plainText(away)).toBe("Continuo is not answering. Try again when it is back.");
  expect(plainText(new Error("no speaker"))).toBe("No speaker.");
  expect(plainText("odd")).toBe("Odd.");
});

test("of how a file was read only what concerns the music is told", () => {
  const warnings = [
    { code: "MIDI_RUNNING_STATUS", message: "running status is used across a meta event" },
    { code: "MIDI_MACBINARY", message: "a MacBinary header precedes the music" },
    { code: "MIDI_MORE_SONGS", message: "the file holds 2 songs; choose another with --song" },
    { code: "MIDI_NOTE_UNCLOSED", message: "1 note of track 2 has no note-off; it ends with its track" },
  ];
  expect(warningsWorthTelling(warnings)).toEqual([
    "This is one of several songs in its file. Drop the file here to open all of them.",
    "1 note of track 2 has no note-off; it ends with its track.",
  ]);
});

test("what is longer is shown longer, and what went wrong longer than what went well", () => {
  const [short, long] = ["Done.", "A sentence that takes a while to be read by anybody."];
  expect(shownMs({ kind: "info", text: long })).toBeGreaterThan(shownMs({ kind: "info", text: short }));
  expect(shownMs({ kind: "error", text: short })).toBeGreaterThan(shownMs({ kind: "info", text: short }));
});

test("a time is said by the hour today, else by the day", () => {
  const now = new Date(2026, 4, 3, 20);
  expect(whenInWords(new Date(2026, 4, 3, 17, 40), now)).toMatch(/^today at .*40/);
  expect(whenInWords(new Date(2026, 4, 1, 9, 5), now)).toMatch(/^on .*May.* at .*05/);
  expect(whenInWords(new Date(2024, 4, 1), now)).toContain("2024");
});
