/**
 * The options that fill, continue and vary share, and the request they make.
 */
import { type Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import type { FillRequest, Mode, RegionChoice, TrackChoice } from "../engine/requests.ts";
import { parsePitchList, parsePitchRange } from "../music/pitch.ts";
import { parseBars, parseRange, parseTicks, type Span, type TickSpan } from "../music/span.ts";
import { defined } from "./defined.ts";
import { forOption, parseCount, parseDecimal } from "./numbers.ts";

/** What says how a fill is made, whatever is filled. */
export interface DrawOptions {
  strict?: boolean;
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
  rhythm?: "free" | "keep" | "keep-onsets";
  velocity?: number;
  novelty?: number;
  lock?: number[];
  lockTicks?: TickSpan;
  cutCrossing?: boolean;
  model?: string;
  device: string;
  daemon: boolean;
  threads?: number;
  deadline?: number;
}

export interface FillOptions extends DrawOptions {
  track: string;
  output?: string;
  inPlace?: boolean;
  json?: boolean;
  roll?: boolean;
  svg?: string;
}

export interface RegionOptions {
  bars?: Span;
  range?: Span;
  ticks?: TickSpan;
}

/** Add the three ways to say which part is meant; they exclude each other. */
export function addRegionOptions(command: Command): Command {
  const option = <Value>(flags: string, name: string, description: string, parse: (text: string) => Value) =>
    new Option(flags, description).argParser(forOption(name, parse));
  return command
    .addOption(
      option("--bars <A-B>", "--bars", "bars from A to B, counting from 1", parseBars).conflicts([
        "range",
        "ticks",
      ]),
    )
    .addOption(
      option(
        "--range <A.b-C.d>",
        "--range",
        "from beat b of bar A to the end of beat d of bar C",
        parseRange,
      ).conflicts(["ticks"]),
    )
    .addOption(option("--ticks <A-B>", "--ticks", "from tick A up to, not including, tick B", parseTicks));
}

/** The region that the options name. @throws BridgeError REGION_MISSING */
export function regionOf(options: RegionOptions): RegionChoice {
  const span = options.bars ?? options.range;
  if (span !== undefined) return span;
  if (options.ticks !== undefined) return { ticks: options.ticks };
  throw new BridgeError(
    "REGION_MISSING",
    "no region is named; give --bars 5-8, --range 5.1-8.3 or --ticks 0-1920",
  );
}

/** Add what is common to all commands that generate. */
export function addFillOptions(command: Command): Command {
  command
    .requiredOption("--track <T>", "number or name of the track, as continuo info lists them")
    .option("-o, --output <FILE>", "where the result goes; with several candidates OUT.mid, OUT.2.mid, ...")
    .option("--in-place", "write over the input and keep a backup beside it");
  return addDrawOptions(command)
    .option("--json", "print one JSON value")
    .option("--roll", "show the piano roll also where stdout is no terminal")
    .option("--no-roll", "show no piano roll")
    .option("--svg <FILE>", "write a piano roll of before and after");
}

/** Add what says how a fill is made. */
export function addDrawOptions(command: Command): Command {
  const count = (flags: string, description: string) => numeric(flags, description, parseCount);
  const decimal = (flags: string, description: string) => numeric(flags, description, parseDecimal);
  return command
    .addOption(count("--seed <N>", "repeat a fill; drawn and told where it is left out"))
    .addOption(count("--candidates <K>", "how many different results, 1-64"))
    .addOption(decimal("--temperature <X>", "0.05 (safe) to 5 (wild)"))
    .addOption(decimal("--top-p <X>", "draw from the likeliest choices with this mass, up to 1"))
    .addOption(count("--top-k <N>", "draw from this many likeliest choices"))
    .addOption(decimal("--min-p <X>", "leave out choices less likely than X times the likeliest"))
    .addOption(count("--context-notes <N>", "how many surrounding notes the model reads, 0-512"))
    .addOption(count("--density <N>", "1 (sparse) to 10 (dense)"))
    .addOption(count("--polyphony <N>", "most notes at once, 1-64"))
    .addOption(
      new Option("--pitch-range <LOW-HIGH>", "such as C3-C6 or 48-84; C4 is 60").argParser(
        forOption("--pitch-range", parsePitchRange),
      ),
    )
    .option("--scale <NAME>", 'only pitches of a scale such as "D dorian", or auto')
    .addOption(new Option("--rhythm <MODE>", "of the old notes").choices(["free", "keep", "keep-onsets"]))
    .addOption(count("--velocity <N>", "mean velocity wished for, 1-127"))
    .addOption(decimal("--novelty <X>", "0 repeats as real music does, 1 copies nothing"))
    .addOption(
      new Option("--lock <PITCHES>", 'old notes that stay, such as "60,64"').argParser(
        forOption("--lock", parsePitchList),
      ),
    )
    .addOption(
      new Option("--lock-ticks <A-B>", "old notes that start there stay").argParser(
        forOption("--lock-ticks", parseTicks),
      ),
    )
    .option("--cut-crossing", "end notes that sound into the region at its start")
    .option("--model <ID|DIR>", "a model that continuo models list shows, or a folder")
    .option("--device <NAME>", "auto, cpu, cuda, directml, coreml or webgpu", "auto")
    .addOption(count("--threads <N>", "CPU threads"))
    .addOption(count("--deadline <MS>", "give the best that is finished after this time"))
    .option("--no-daemon", "fill here, also where a daemon runs; it gives the same notes, sooner")
    .option("--strict", "refuse files that are against the specification");
}

function numeric(flags: string, description: string, parse: (text: string) => number): Option {
  const name = flags.split(" ")[0] ?? flags;
  return new Option(flags, description).argParser(forOption(name, parse));
}

/** A number is a number, everything else a name. */
export function trackOf(text: string): TrackChoice {
  return /^\s*\d+\s*$/.test(text) ? { number: Number(text) } : { name: text };
}

/** @throws BridgeError OUTPUT_MISSING, OPTION_CONFLICT */
export function fillRequestOf(
  input: string,
  mode: Mode,
  region: RegionChoice,
  options: FillOptions,
): FillRequest {
  if (options.inPlace && options.output !== undefined) {
    throw new BridgeError("OPTION_CONFLICT", "--in-place and -o exclude each other; give one of them");
  }
  if (!options.inPlace && options.output === undefined) {
    throw new BridgeError(
      "OUTPUT_MISSING",
      "no output is named; give -o OUT.mid, or --in-place to write over the input",
    );
  }
  const locks = {
    ...defined({ pitches: options.lock }),
    ...(options.lockTicks === undefined ? {} : { tickRanges: [options.lockTicks] }),
  };
  return {
    input,
    ...defined({
      output: options.output,
      strict: options.strict,
    }),
    track: trackOf(options.track),
    region,
    mode,
    controls: defined({
      density: options.density,
      polyphony: options.polyphony,
      pitchRange: options.pitchRange,
      scale: options.scale,
      rhythm: options.rhythm === "keep-onsets" ? "keepOnsets" : options.rhythm,
      velocity: options.velocity,
      novelty: options.novelty,
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
        deadlineMs: options.deadline,
      }),
    },
    locks,
    cutCrossing: options.cutCrossing ?? false,
    engine: { device: options.device, ...defined({ model: options.model, threads: options.threads }) },
  };
}

/** 32 bits are enough to differ and short enough to type again. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
