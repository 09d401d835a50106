/**
 * What a song is called as a file, and where it is found.
 */

import { expect, test } from "vitest";
import { rollIdOf } from "../../page/files/address.ts";
import { downloadPath, fileNameOf, titleOf } from "../../page/files/file-name.ts";
import { hostTitle } from "../../page/files/host-title.ts";
import { midiFileOf } from "../../page/files/open.ts";

test("a song is called as its file, and its file as the song, on every system", () => {
  expect(titleOf("Für Elise.MID")).toBe("Für Elise");
  expect(titleOf("a.b.midi")).toBe("a.b");
  expect(titleOf(".mid")).toBe("Untitled");
  expect(fileNameOf("Für Elise")).toBe("Für Elise");
  expect(fileNameOf('AC/DC: "Back"?')).toBe("AC-DC- -Back");
  expect(fileNameOf("../../x")).toBe("x");
  expect(fileNameOf("...")).toBe("continuo");
  expect(downloadPath("a-1", "夢 #1")).toBe("/rolls/a-1/%E5%A4%A2%20%231.mid");
});

test("an address names a roll, or none", () => {
  expect(rollIdOf("#roll=m5-ab")).toBe("m5-ab");
  expect(rollIdOf("")).toBeUndefined();
  expect(rollIdOf("#other=1")).toBeUndefined();
});

test("of several files that are dropped the first MIDI file is opened, else the first", () => {
  const files = ["cover.png", "a.MIDI", "b.mid"].map((name) => new File([], name));
  expect(midiFileOf(files)?.name).toBe("a.MIDI");
  expect(midiFileOf(files.slice(0, 1))?.name).toBe("cover.png");
  expect(midiFileOf([])).toBeUndefined();
});

test("a DAW is called as its maker writes it, another client as it calls itself", () => {
  expect(["reaper", "ableton", "my script"].map(hostTitle)).toEqual(["REAPER", "Ableton Live", "my script"]);
});
