/**
 * Pitches as Howl counts them: semitones from C4, in octaves -1 to 8. Source: Howl (Alec Graves, 2021).
 */
import { BridgeError } from "../bridge-error.ts";
import { pitchClassOf, plainNoteName } from "./spelling.ts";

const LOWEST_OCTAVE = -1;
const HIGHEST_OCTAVE = 8;
const MIDDLE_OCTAVE = 4;
const PITCHES = 120;
const SHARPS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
/** The flats that Howl knows; Cb and Fb are not among them. */
const FLATS = { DB: 1, EB: 3, GB: 6, AB: 8, BB: 10 } as const;
const NAME = /^\s*([A-G])([#b]?)(-?\d+)?\s*$/i;

interface OctaveAndSemitone {
  /** -1 to 8. */
  octave: number;
  /** 0 to 11; C is 0. */
  semitone: number;
}

/** Octave and semitone of an integer or real pitch: rounded, the octave clamped. */
export function splitHowlPitch(pitch: number): OctaveAndSemitone {
  const rounded = Math.round(pitch);
  const octave = Math.floor(rounded / 12) + MIDDLE_OCTAVE;
  return { octave: clampOctave(octave), semitone: ((rounded % 12) + 12) % 12 };
}

/** The integer of an octave, which is clamped, and a semitone. */
export function joinHowlPitch({ octave, semitone }: OctaveAndSemitone): number {
  return (clampOctave(octave) - MIDDLE_OCTAVE) * 12 + semitone;
}

/** Name of a pitch, with sharps: 0 is C4. */
export function howlName(pitch: number): string {
  const { octave, semitone } = splitHowlPitch(pitch);
  return `${SHARPS[semitone] ?? "?"}${octave}`;
}

/**
 * Pitch of a name such as "c4", "C#5", "Db-1"; without an octave it is the fourth, and octaves are clamped.
 * @throws BridgeError PITCH_INVALID for a name that there is not, which Howl itself reads as C
 */
export function parseHowlName(text: string): number {
  const [, letter = "", accidental = "", octave] = NAME.exec(text) ?? [];
  const name = (letter + accidental).toUpperCase();
  const semitone = accidental === "b" || accidental === "B" ? flat(name) : SHARPS.indexOf(name);
  if (semitone === undefined || semitone < 0) {
    throw new BridgeError(
      "PITCH_INVALID",
      `"${text}" is not a pitch; write a name from C-1 to B8 such as C4, F#3 or Bb`,
      { data: { value: text } },
    );
  }
  return joinHowlPitch({ octave: octave === undefined ? MIDDLE_OCTAVE : Number(octave), semitone });
}

/**
 * Pitch of a name in any spelling, such as "E♭3", "Cis" or "H", as well as those of parseHowlName.
 * @throws BridgeError PITCH_INVALID
 */
export function readHowlName(text: string): number {
  const pitchClass = pitchClassOf(text);
  return parseHowlName(
    plainNoteName(text) ?? (pitchClass === undefined ? text : (SHARPS[pitchClass] ?? text)),
  );
}

/** One of the 120 pitches, each as likely; the same for the same seed. */
export function randomHowlPitch(seed: number): number {
  // The last step of MurmurHash3: neighbouring seeds give pitches that have nothing in common.
  let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  const share = ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  return Math.floor(share * PITCHES) - PITCHES / 2;
}

function flat(name: string): number | undefined {
  return Object.entries(FLATS).find(([known]) => known === name)?.[1];
}

function clampOctave(octave: number): number {
  return Math.min(HIGHEST_OCTAVE, Math.max(LOWEST_OCTAVE, octave));
}
