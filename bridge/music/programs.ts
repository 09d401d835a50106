/**
 * Names of the General MIDI programs. Source: General MIDI System Level 1 (RP-003).
 */
const FAMILIES: readonly (readonly string[])[] = [
  [
    "acoustic piano",
    "bright piano",
    "electric grand",
    "honky-tonk piano",
    "electric piano 1",
    "electric piano 2",
    "harpsichord",
    "clavinet",
  ],
  ["celesta", "glockenspiel", "music box", "vibraphone", "marimba", "xylophone", "tubular bells", "dulcimer"],
  [
    "drawbar organ",
    "percussive organ",
    "rock organ",
    "church organ",
    "reed organ",
    "accordion",
    "harmonica",
    "bandoneon",
  ],
  [
    "nylon guitar",
    "steel guitar",
    "jazz guitar",
    "clean guitar",
    "muted guitar",
    "overdriven guitar",
    "distortion guitar",
    "guitar harmonics",
  ],
  [
    "acoustic bass",
    "fingered bass",
    "picked bass",
    "fretless bass",
    "slap bass 1",
    "slap bass 2",
    "synth bass 1",
    "synth bass 2",
  ],
  ["violin", "viola", "cello", "contrabass", "tremolo strings", "pizzicato strings", "harp", "timpani"],
  [
    "strings 1",
    "strings 2",
    "synth strings 1",
    "synth strings 2",
    "choir aahs",
    "voice oohs",
    "synth voice",
    "orchestra hit",
  ],
  [
    "trumpet",
    "trombone",
    "tuba",
    "muted trumpet",
    "French horn",
    "brass section",
    "synth brass 1",
    "synth brass 2",
  ],
  ["soprano sax", "alto sax", "tenor sax", "baritone sax", "oboe", "English horn", "bassoon", "clarinet"],
  ["piccolo", "flute", "recorder", "pan flute", "blown bottle", "shakuhachi", "whistle", "ocarina"],
  [
    "square lead",
    "saw lead",
    "calliope lead",
    "chiff lead",
    "charang lead",
    "voice lead",
    "fifths lead",
    "bass and lead",
  ],
  [
    "new age pad",
    "warm pad",
    "polysynth pad",
    "choir pad",
    "bowed pad",
    "metallic pad",
    "halo pad",
    "sweep pad",
  ],
  ["rain", "soundtrack", "crystal", "atmosphere", "brightness", "goblins", "echoes", "sci-fi"],
  ["sitar", "banjo", "shamisen", "koto", "kalimba", "bagpipe", "fiddle", "shanai"],
  [
    "tinkle bell",
    "agogo",
    "steel drums",
    "woodblock",
    "taiko",
    "melodic tom",
    "synth drum",
    "reverse cymbal",
  ],
  ["fret noise", "breath noise", "seashore", "bird tweet", "telephone", "helicopter", "applause", "gunshot"],
];

/** Name of a program 0-127. */
export function programName(program: number): string {
  return FAMILIES[Math.floor(program / 8)]?.[program % 8] ?? `program ${program + 1}`;
}

/** As the name of a track: with a capital. */
export function programTitle(program: number): string {
  const name = programName(program);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Of eight programs each. */
export const FAMILY_NAMES = [
  "Piano",
  "Tuned percussion",
  "Organ",
  "Guitar",
  "Bass",
  "Strings",
  "Ensemble",
  "Brass",
  "Reed",
  "Pipe",
  "Synth lead",
  "Synth pad",
  "Synth effects",
  "World",
  "Percussive",
  "Sound effects",
] as const;
