/**
 * The options that fill, continue and vary share, and the request they make.
 */
import { type Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import type { RegionChoice, TrackChoice } from "../engine/file-region.ts";
import type { FileFill } from "../engine/fill.ts";
import { parsePitchList, parsePitchRange } from "../music/pitch.ts";
import { MODES } from "../music/scales.ts";
import { parseBarList, parseRangeList, parseTickList, type Span, type TickSpan } from "../music/span.ts";
import type { FillRequest } from "../protocol/fill.ts";
import { forOption, parseCount, parseDecimal, parseOrdinal } from "./numbers.ts";

/** How a file is read. */
export interface ReadingOptions {
  strict?: boolean;
  song?: number;
}

/** What says how a fill is made, whatever is filled. */
export interface DrawOptions extends ReadingOptions {
  seed?: number;
  candidates?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  contextNotes?: number;
  density?: number;
  polyphony?: number;
  pitchRange?: [number, number];
  scale?: string;
  chords?: string;
  rhythm?: "free" | "keep" | "keep-onsets";
  velocity?: number;
  novelty?: number;
  lock?: number[];
  lockTicks?: TickSpan[];
  cutCrossing?: boolean;
  drums?: "yes" | "no";
  endHeldNotes?: boolean;
  model?: string;
  device: string;
  daemon: boolean;
  threads?: number;
  deadline?: number;
}

export interface FillOptions extends DrawOptions {
  track?: readonly string[];
  output?: string;
  inPlace?: boolean;
  force?: boolean;
  json?: boolean;
  roll?: boolean;
  svg?: string;
}

export interface RegionOptions {
  bars?: Span[];
  range?: Span[];
  ticks?: TickSpan[];
}

/** An option that may be given several times, and whose values may be lists. */
export function listOption<Value>(
  flags: string,
  description: string,
  parse: (text: string) => Value[],
): Option {
  const [name = flags] = flags.split(" ");
  const read = forOption(name, parse);
  return new Option(flags, description).argParser((text: string, before: Value[] | undefined) => [
    ...(before ?? []),
    ...read(text),
  ]);
}

/** Add the three ways to say which part is meant; they exclude each other. */
export function addRegionOptions(command: Command): Command {
  return command
    .addOption(
      listOption(
        "--bars <A-B>",
        "bars from A to B, counting from 1; also A, A-, -B, last, and several as 5-8,12-14",
        parseBarList,
      ).conflicts(["range", "ticks"]),
    )
    .addOption(
      listOption(
        "--range <A.b-C.d>",
        "from beat b of bar A to the end of beat d of bar C; several with commas",
        parseRangeList,
      ).conflicts(["ticks"]),
    )
    .addOption(
      listOption(
        "--ticks <A-B>",
        "from tick A up to, not including, tick B; several with commas",
        parseTickList,
      ),
    );
}

/** The region that the options name. @throws BridgeError REGION_MISSING */
export function regionOf(options: RegionOptions): RegionChoice {
  const spans = options.bars ?? options.range ?? options.ticks?.map((ticks) => ({ ticks })) ?? [];
  const [first] = spans;
  if (first !== undefined) return spans.length === 1 ? first : { several: spans };
  throw new BridgeError(
    "REGION_MISSING",
    "no region is named; give --bars 5-8, --range 5.1-8.3 or --ticks 0-1920",
  );
}

/** Add what is common to all commands that generate. */
export function addFillOptions(command: Command): Command {
  return addShowOptions(addDrawOptions(addOutputOptions(addTrackOption(command))));
}

export function addTrackOption(command: Command): Command {
  return command.addOption(
    listOption(
      "--track <T>",
      "number or name of the track, as continuo info lists them; several together as 1,3 or Bass,Piano",
      (text) => [text],
    ).makeOptionMandatory(),
  );
}

/** Add what says where the result goes. */
export function addOutputOptions(command: Command): Command {
  return command
    .option(
      "-o, --output <FILE>",
      "the file to write, - for standard output; with several candidates OUT.mid, OUT.2.mid, ...",
    )
    .option("--in-place", "write over the input and keep a backup beside it")
    .option("--force", "replace an existing file without a backup");
}

/** Add what says how the result is shown. */
export function addShowOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON value")
    .option("--roll", "show the piano roll even if stdout is not a terminal")
    .option("--no-roll", "do not show the piano roll")
    .option("--svg <FILE>", "write a piano roll of before and after");
}

/** Add what says how a fill is made. */
export function addDrawOptions(command: Command): Command {
  addSeedOptions(addReadingOptions(command))
    .addOption(decimal("--temperature <X>", "0.05 (safe) to 5 (wild)"))
    .addOption(
      decimal("--top-p <X>", "sample from the most likely choices with this total probability, up to 1"),
    )
    .addOption(count("--top-k <N>", "sample from this many of the most likely choices"))
    .addOption(decimal("--min-p <X>", "drop choices less likely than X times the most likely"))
    .addOption(count("--context-notes <N>", "how many surrounding notes the model reads, 0-512"))
    .addOption(count("--density <N>", "1 (sparse) to 10 (dense)"))
    .addOption(count("--polyphony <N>", "maximum number of notes at once, 1-64"))
    .addOption(
      new Option("--pitch-range <LOW-HIGH>", "such as C3-C6 or 48-84; C4 is 60").argParser(
        forOption("--pitch-range", parsePitchRange),
      ),
    )
    .option(
      "--scale <NAME>",
      `only pitches of a scale: auto for the one around, or a tonic and a mode, such as "D dorian", Bbm or F#; modes: ${MODES.join(", ")}`,
    )
    .option(
      "--chords <CHORDS>",
      'the chords, such as "Am | F | C G | Em": bars separated by |, from the first bar on, repeated; auto estimates them from the notes',
    )
    .addOption(
      new Option("--rhythm <MODE>", "rhythm of the old notes")
        .choices(["free", "keep", "keep-onsets"])
        .argParser(parseRhythm),
    )
    .addOption(count("--velocity <N>", "mean velocity to aim for, 1-127"))
    .addOption(decimal("--novelty <X>", "0 repeats as much as real music, 1 copies nothing"));
  return addKeptOptions(command)
    .option(
      "--model <ID|DIR>",
      "a model that continuo models list shows, or the folder of a model or a training",
    )
    .option("--device <NAME>", "auto, cpu, cuda, directml, coreml or webgpu", "auto")
    .addOption(count("--threads <N>", "CPU threads"))
    .addOption(count("--deadline <MS>", "return the best candidate that is finished by then"))
    .option(
      "--no-daemon",
      "fill in this process even if a daemon is running (which gives the same notes, only faster)",
    );
}

/** Add what repeats a result, and how many there are. */
export function addSeedOptions(command: Command): Command {
  return command
    .addOption(count("--seed <N>", "repeats a fill; random if omitted, shown in the output"))
    .addOption(count("--candidates <K>", "how many different results, 1-64"));
}

/** Add what says which old notes stay, and how the track is understood. */
export function addKeptOptions(command: Command): Command {
  return command
    .addOption(
      listOption(
        "--lock <PITCHES>",
        "old notes to keep, such as 60,64 or C4,E4; a name without octave means all octaves",
        parsePitchList,
      ),
    )
    .addOption(
      listOption("--lock-ticks <A-B>", "keep old notes that start there; several with commas", parseTickList),
    )
    .option("--cut-crossing", "end notes that sound into the region at its start")
    .option("--end-held-notes", "write missing note-offs; held notes end at the region's start")
    .addOption(
      new Option("--drums <yes|no>", "whether the track is drums, where info says otherwise").choices([
        "yes",
        "no",
      ]),
    );
}

const count = (flags: string, description: string) => numeric(flags, description, parseCount);
const decimal = (flags: string, description: string) => numeric(flags, description, parseDecimal);

/** Add what says how a file is read. */
export function addReadingOptions(command: Command): Command {
  return command
    .addOption(numeric("--song <N>", "which song, from 1, of a file that holds several", parseOrdinal))
    .option("--strict", "refuse files that violate the specification");
}

function numeric(flags: string, description: string, parse: (text: string) => number): Option {
  const name = flags.split(" ")[0] ?? flags;
  return new Option(flags, description).argParser(forOption(name, parse));
}

/** The modes by the names of the command line and of requests. @throws BridgeError OPTION_INVALID */
function parseRhythm(text: string): DrawOptions["rhythm"] {
  if (text === "free" || text === "keep") return text;
  if (text === "keep-onsets" || text === "keepOnsets") return "keep-onsets";
  throw new BridgeError(
    "OPTION_INVALID",
    `--rhythm: "${text}" is not a way to keep a rhythm; choose free, keep or keep-onsets`,
    { data: { value: text, option: "--rhythm" } },
  );
}

/** A number is a number, everything else a name; both may be several. */
export function trackOf(names: readonly string[]): TrackChoice {
  const choices = names.map((name) => (/^\s*\d+\s*$/.test(name) ? { number: Number(name) } : { name }));
  const [first] = choices;
  return choices.length === 1 && first !== undefined ? first : { several: choices };
}

/** What of a file is filled, and how. */
export interface Task {
  mode: FillRequest["mode"];
  /** Of vary. */
  amount?: number;
  region: RegionChoice;
  /** Else the one that the options name. */
  track?: TrackChoice;
}

/** @throws BridgeError OUTPUT_MISSING, OPTION_CONFLICT */
export function fillRequestOf(
  input: string,
  { mode, amount, region, track }: Task,
  options: FillOptions,
): FileFill {
  if (options.inPlace && options.output !== undefined) {
    throw new BridgeError("OPTION_CONFLICT", "--in-place and -o exclude each other; give one of them");
  }
  if (!options.inPlace && options.output === undefined) {
    throw new BridgeError(
      "OUTPUT_MISSING",
      "no output is named; give -o OUT.mid, or --in-place to write over the input",
    );
  }
  return {
    file: {
      input,
      ...defined({
        output: options.output,
        existing: options.force ? ("replace" as const) : undefined,
        strict: options.strict,
        song: options.song,
        isDrums: options.drums === undefined ? undefined : options.drums === "yes",
        cutCrossing: options.cutCrossing,
        endHeldNotes: options.endHeldNotes,
      }),
      track: track ?? trackOf(options.track ?? []),
      region,
      locks: defined({ pitches: options.lock, tickRanges: options.lockTicks }),
    },
    mode,
    controls: defined({
      density: options.density,
      polyphony: options.polyphony,
      pitchRange: options.pitchRange,
      scale: options.scale,
      chords: options.chords,
      rhythm: options.rhythm === "keep-onsets" ? "keepOnsets" : options.rhythm,
      velocity: options.velocity,
      novelty: options.novelty,
      amount,
    }),
    sampling: {
      seed: options.seed ?? drawSeed(),
      ...defined({
        candidates: options.candidates,
        temperature: options.temperature,
        topP: options.topP,
        topK: options.topK,
        minP: options.minP,
        contextNotes: options.contextNotes,
      }),
    },
    ...defined({ deadlineMs: options.deadline }),
    engine: { device: options.device, ...defined({ model: options.model, threads: options.threads }) },
  };
}

/** 32 bits are enough to differ and short enough to type again. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
