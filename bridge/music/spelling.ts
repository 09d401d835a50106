/**
 * Note names as people write them, normalised to the one spelling that is parsed: a letter from A to G, then # or b.
 *
 * Accepts Unicode accidentals, "Bb", "B flat", doubled accidentals, and German names: H, Cis, Es, As. B alone is the
 * English B, one semitone below C; only beside a German word such as "dur" is it B flat, which the core decides
 * (native/sampler/src/scale.rs).
 */

/** Semitones above C. */
const CLASS_OF_LETTER: Readonly<Record<string, number>> = {
  C: 0,
  D: 2,
  E: 4,
  F: 5,
  G: 7,
  A: 9,
  B: 11,
  H: 11,
};
const NAMES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const NOTE =
  /^([A-H])(##?|bb?|\u266f{1,2}|\u266d{1,2}|\u{1d12a}|\u{1d12b}|\u266e|x|isis|is|eses|es|s|[ -]?sharp|[ -]?flat)?$/iu;

/** A note's pitch class, 0-11, from any spelling of its name; undefined for what is not one. */
export function pitchClassOf(name: string): number | undefined {
  const [, letter = "", sign = ""] = NOTE.exec(name.trim()) ?? [];
  const natural = CLASS_OF_LETTER[letter.toUpperCase()];
  if (natural === undefined) return undefined;
  const shift = shiftOf(sign.toLowerCase(), letter.toUpperCase());
  return shift === undefined ? undefined : (natural + shift + 12) % 12;
}

/**
 * A note's name with its octave, such as "E♭3" or "Cis4", as "Eb3" or "C#4"; undefined for what is not one. The octave
 * is that of the letter: Cb4 is the B below C4.
 */
export function plainNoteName(name: string): string | undefined {
  const [, note = "", octave = ""] = /^(.*?)\s*(-?\d+)$/su.exec(name.trim()) ?? [];
  const [, letter = "", sign = ""] = NOTE.exec(note) ?? [];
  const natural = CLASS_OF_LETTER[letter.toUpperCase()];
  const shift = natural === undefined ? undefined : shiftOf(sign.toLowerCase(), letter.toUpperCase());
  if (natural === undefined || shift === undefined) return undefined;
  const semitone = natural + shift;
  return `${NAMES[((semitone % 12) + 12) % 12]}${Number(octave) + Math.floor(semitone / 12)}`;
}

function shiftOf(sign: string, letter: string): number | undefined {
  switch (sign.replace(/^[ -]/, "")) {
    case "":
    case "\u266e":
      return 0;
    case "#":
    case "\u266f":
    case "is":
    case "sharp":
      return 1;
    case "##":
    case "\u266f\u266f":
    case "\u{1d12a}":
    case "x":
    case "isis":
      return 2;
    case "b":
    case "\u266d":
    case "es":
    case "flat":
      return -1;
    case "s":
      // Only Es and As are written without their e.
      return letter === "E" || letter === "A" ? -1 : undefined;
    case "bb":
    case "\u266d\u266d":
    case "\u{1d12b}":
    case "eses":
      return -2;
    default:
      return undefined;
  }
}
