/**
 * File names and addresses of songs.
 */
import { expect, test } from "vitest";
import { isMidiName, MIDI_ACCEPT, MIDI_ENDINGS } from "../../bridge/music/midi-files.ts";
import { rollIdOf } from "../../page/files/address.ts";
import { downloadPath, fileNameOf, titleOf } from "../../page/files/file-name.ts";
import { hostTitle } from "../../page/files/host-title.ts";

test("a song is called as its file, and its file as the song, on every system", () => {
  expect(titleOf("Für Elise.MID")).toBe("Für Elise");
  expect(titleOf("a.b.midi")).toBe("a.b");
  expect(titleOf(".mid")).toBe("Untitled");
  expect(["a.kar", "b.RMI", "c.smf"].map(titleOf)).toEqual(["a", "b", "c"]);
  expect(fileNameOf("Für Elise")).toBe("Für Elise");
  // As the command line names it; the file is not called song.mid.mid.
  expect(fileNameOf("song.mid")).toBe("song");
  expect(downloadPath("a-1", "song.mid")).toBe("/rolls/a-1/song.mid");
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

test("a DAW is called as its maker writes it, another client as it calls itself", () => {
  expect(["reaper", "ableton", "my script"].map(hostTitle)).toEqual(["REAPER", "Ableton Live", "my script"]);
});

test("every kind of MIDI file can be chosen, dropped and learnt from, and lends its song its name", () => {
  for (const ending of MIDI_ENDINGS) {
    expect(MIDI_ACCEPT.split(",")).toContain(ending);
    expect(isMidiName(`a${ending.toUpperCase()}`)).toBe(true);
    expect(titleOf(`Lied${ending}`)).toBe("Lied");
  }
  expect(["._a.mid", "a.mid.png", "h"].filter(isMidiName)).toEqual([]);
});
