/**
 * Pitches as people write them. 60 is C4, as in the MIDI Tuning Standard and most DAWs.
 */
import { BridgeError } from "../bridge-error.ts";

const CLASS_OF_LETTER: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const NAMES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const NAME = /^([A-G])([#b]?)(-?\d)$/i;
const RANGE = /^\s*(\d+|[A-G][#b]?-?\d)\s*-\s*(\d+|[A-G][#b]?-?\d)\s*$/i;

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
      `"${text}" is no pitch; write a name from C-1 to G9 (C4 is 60) or a number from 0 to 127`,
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
 * Lowest and highest pitch of "C3-C6" or "48-84".
 * @throws BridgeError PITCH_INVALID, PITCH_RANGE_INVERTED
 */
export function parsePitchRange(text: string): [lowest: number, highest: number] {
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new BridgeError("PITCH_INVALID", `"${text}" is no pitch range; write it as C3-C6 or 48-84`, {
      data: { value: text },
    });
  }
  const [lowest, highest] = [parsePitch(from), parsePitch(to)];
  if (lowest > highest) {
    throw new BridgeError(
      "PITCH_RANGE_INVERTED",
      `the pitch range ${text} starts above its end; give the lower pitch first`,
      { data: { lowest, highest } },
    );
  }
  return [lowest, highest];
}

/**
 * Pitches of "60,64" or "C4,E4".
 * @throws BridgeError PITCH_INVALID
 */
export function parsePitchList(text: string): number[] {
  return text.split(",").map(parsePitch);
}
