/**
 * Pitches as people write them. 60 is C4, as in the MIDI Tuning Standard and most DAWs.
 */
import { BridgeError } from "../bridge-error.ts";
import { pitchClassOf, plainNoteName } from "./spelling.ts";

const CLASS_OF_LETTER: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const NAMES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const NAME = /^([A-G])([#b]?)(-?\d)$/i;
/** Two pitches, each a number, or a name whose octave may be negative. */
const RANGE =
  /^\s*(\d+|[^\d-]+(?:-[^\d-]+)?-?\d+)\s*(?:-|\u2013|\.\.)\s*(\d+|[^\d-]+(?:-[^\d-]+)?-?\d+)\s*$/u;

/** Name of a pitch 0-127, such as "F#3". */
export function pitchName(pitch: number): string {
  return `${NAMES[pitch % 12] ?? "?"}${Math.floor(pitch / 12) - 1}`;
}

/**
 * A pitch from a number (0-127) or a name (C-1 to G9).
 * @throws BridgeError PITCH_INVALID
 */
export function parsePitch(text: string): number {
  const trimmed = text.trim();
  const pitch = /^\d+$/.test(trimmed) ? Number(trimmed) : pitchOfName(trimmed);
  if (pitch === undefined || pitch < 0 || pitch > 127) {
    throw new BridgeError(
      "PITCH_INVALID",
      `"${text}" is not a pitch; write a name from C-1 to G9 (C4 is 60) or a number from 0 to 127`,
      { data: { value: text } },
    );
  }
  return pitch;
}

function pitchOfName(name: string): number | undefined {
  const [, letter, accidental, octave] = NAME.exec(name) ?? [];
  const natural = CLASS_OF_LETTER[letter?.toUpperCase() ?? ""];
  if (natural === undefined) return undefined;
  const shift = accidental === "#" ? 1 : accidental === "" ? 0 : -1;
  return natural + shift + 12 * (Number(octave) + 1);
}

/**
 * A pitch in any spelling: "E♭3", "Cis4", "H3", as well as those of parsePitch.
 * @throws BridgeError PITCH_INVALID
 */
export function readPitch(text: string): number {
  const name = plainNoteName(text);
  if (name === undefined && pitchClassOf(text) !== undefined) {
    const message = `"${text}" has no octave; write one after it, such as ${text.trim()}4 (C4 is 60)`;
    throw new BridgeError("PITCH_INVALID", message, { data: { value: text } });
  }
  return parsePitch(name ?? text);
}

/**
 * Lowest and highest pitch of "C3-C6", "48-84" or "E♭3-H5".
 * @throws BridgeError PITCH_INVALID, PITCH_RANGE_INVERTED
 */
export function parsePitchRange(text: string): [lowest: number, highest: number] {
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new BridgeError("PITCH_INVALID", `"${text}" is not a pitch range; write it as C3-C6 or 48-84`, {
      data: { value: text },
    });
  }
  const [lowest, highest] = [readPitch(from), readPitch(to)];
  if (lowest > highest) {
    throw new BridgeError(
      "PITCH_RANGE_INVERTED",
      `the pitch range ${text} starts above its end; give the lower pitch first`,
      { data: { lowest, highest } },
    );
  }
  return [lowest, highest];
}

/** A range as programs write it, both pitches included, or as people do. */
export type PitchRange = readonly [lowest: number, highest: number] | string;

/**
 * The pitches of a range in either form.
 * @throws BridgeError PITCH_INVALID, PITCH_RANGE_INVERTED for one in words; numbers are the core's to check
 */
export function pitchRangeOf(range: PitchRange): [lowest: number, highest: number] {
  return typeof range === "string" ? parsePitchRange(range) : [range[0], range[1]];
}

/**
 * Pitches of "60,64", "C4,E4", or of every octave, "F#".
 * @throws BridgeError PITCH_INVALID
 */
export function parsePitchList(text: string): number[] {
  return text.split(",").flatMap((item) => {
    const pitchClass = pitchClassOf(item);
    if (pitchClass === undefined) return [readPitch(item)];
    return Array.from({ length: 11 }, (_, octave) => pitchClass + 12 * octave).filter(
      (pitch) => pitch <= 127,
    );
  });
}
