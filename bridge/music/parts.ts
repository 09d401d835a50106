/**
 * Parts of a band, by the words of musicians and by General MIDI's instruments.
 */
import { BridgeError } from "../bridge-error.ts";
import { nearest } from "../nearest.ts";
import { programName, programTitle } from "./programs.ts";

export const ROLES = ["drums", "bass", "chords", "melody", "counter", "pad", "arp"] as const;
export type Role = (typeof ROLES)[number];

/** A part that a song does not have yet. */
export interface NewPart {
  /** Left out where an instrument is named that plays many roles. */
  role?: Role;
  /** General MIDI, 0-127. */
  program: number;
  /** Of the track. */
  name: string;
}

/** Sounds that fit most bands. */
const USUAL: Readonly<Record<Role, { program: number; name: string }>> = {
  drums: { program: 0, name: "Drums" },
  bass: { program: 33, name: "Bass" },
  chords: { program: 4, name: "Chords" },
  melody: { program: 65, name: "Melody" },
  counter: { program: 71, name: "Counter-melody" },
  pad: { program: 89, name: "Pad" },
  arp: { program: 24, name: "Arpeggio" },
};
const OTHER_WORDS: Readonly<Record<string, Role>> = {
  drum: "drums",
  kit: "drums",
  percussion: "drums",
  "bass line": "bass",
  bassline: "bass",
  chord: "chords",
  comping: "chords",
  lead: "melody",
  tune: "melody",
  harmony: "counter",
  "counter-melody": "counter",
  countermelody: "counter",
  strings: "pad",
  arpeggio: "arp",
};
const PROGRAMS = 128;

/**
 * What --part names: a role, an instrument of General MIDI, or its number from 0.
 * @throws BridgeError PART_UNKNOWN
 */
export function parsePart(text: string): NewPart {
  const word = text.trim().toLowerCase();
  const role = ROLES.find((known) => known === word) ?? OTHER_WORDS[word];
  if (role !== undefined) return { role, ...USUAL[role] };
  const number = /^\d{1,3}$/.test(word) ? Number(word) : undefined;
  const names = Array.from({ length: PROGRAMS }, (_, program) => programName(program));
  const named = names.findIndex((name) => name.toLowerCase() === word);
  const program = number ?? named;
  if (program >= 0 && program < PROGRAMS) return { program, name: programTitle(program) };
  const meant = nearest(word, [...ROLES, ...Object.keys(OTHER_WORDS), ...names]);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  throw new BridgeError(
    "PART_UNKNOWN",
    `"${text}" is not a part; give ${ROLES.join(", ")}, an instrument of General MIDI such as "${names[24]}", or its number from 0 to 127${hint}`,
    { data: { part: text } },
  );
}

/** Several, with commas. @throws BridgeError PART_UNKNOWN */
export function parseParts(text: string): NewPart[] {
  return text.split(",").map(parsePart);
}
