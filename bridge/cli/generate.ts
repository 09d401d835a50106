/**
 * continuo generate: a piece from a recurrent model, from a note, a file, or where it stopped.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { generatePiece } from "../engine/engine.ts";
import { randomHowlPitch, readHowlName } from "../music/howl-pitch.ts";
import { parseDuration } from "./duration.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { forOption, isDecimal, parseCount, parseDecimal, parseOrdinal } from "./numbers.ts";
import { ProgressLine } from "./progress-line.ts";
import { type StandardFiles, withStandardFiles } from "./standard-files.ts";
import { printWarnings } from "./warnings.ts";

const DEFAULT_MODEL = "howl-lstm-192";
const DEFAULT_NOTES = 500;
/** Any seed of this many is as good as another; they stay easy to write down. */
const SEEDS = 1_000_000;

const EXAMPLES = `
The model reads one note after the other and keeps a state, so each note of a long piece costs no more than in a
short one. With --state the piece can be continued later; also give --from-midi if you have edited it since.

Examples:
  continuo generate -o piece.mid --from C4 --notes 500
  continuo generate -o more.mid --from-midi theme.mid --seconds 60 --seed 7
  continuo generate -o piece.mid --state piece.state --notes 100
  continuo generate -o mine.mid --model my-lstm --temperature 0.8 --noise 0.05`;

interface GenerateOptions {
  output: string;
  force?: boolean;
  model: string;
  from?: string;
  fromMidi?: string;
  song?: number;
  notes: number;
  seconds?: number;
  seed?: number;
  temperature?: number;
  topP?: number;
  noise?: number;
  asPredicted?: boolean;
  state?: string;
  json?: boolean;
}

export function generateCommand(io: CliIo): Command {
  return new Command("generate")
    .description("write a piece with a recurrent model, starting from a note or a file")
    .requiredOption("-o, --output <OUT.mid>", "the file to write, - for standard output")
    .option("--force", "replace an existing file without a backup")
    .option(
      "--model <ID|DIR>",
      "a recurrent model: an id, or the folder of a model or a training",
      DEFAULT_MODEL,
    )
    .option("--from <NOTES>", "first notes, such as C4 or C4,E4,G4, or random (default: C4)")
    .option("--from-midi <IN.mid>", "start with the notes of a file, without drums; - for standard input")
    .option(
      "--song <N>",
      "which song, from 1, of a --from-midi that holds several",
      forOption("--song", parseOrdinal),
    )
    .option("--notes <N>", "number of new notes", forOption("--notes", parseCount), DEFAULT_NOTES)
    .option(
      "--seconds <TIME>",
      "longest time of the new notes, such as 60s or 3m",
      forOption("--seconds", parseSeconds),
    )
    .option("--seed <N>", "repeats a piece", forOption("--seed", parseCount))
    .option(
      "--temperature <X>",
      "how adventurous the pitches are (default: 0.9)",
      forOption("--temperature", parseDecimal),
    )
    .option(
      "--top-p <X>",
      "only the most likely pitches with this total probability (default: 0.95)",
      forOption("--top-p", parseDecimal),
    )
    .option(
      "--noise <X>",
      "more spread of rhythm and volume, 0 to 1 (default: 0)",
      forOption("--noise", parseDecimal),
    )
    .option(
      "--as-predicted",
      "rhythm and volume at their mean, as in Howl; they drift, and it may end in a loop",
    )
    .option("--state <FILE>", "continue from this file if it exists, and save the state in it")
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action((options: GenerateOptions) => withStandardFiles(io, (files) => generate(files, options)));
}

async function generate(files: StandardFiles, options: GenerateOptions): Promise<void> {
  const { io } = files;
  const { model, from, fromMidi, song, notes, seconds, temperature, topP } = options;
  const { noise, asPredicted, state } = options;
  if (from !== undefined && fromMidi !== undefined) {
    throw new BridgeError(
      "OPTION_CONFLICT",
      "--from and --from-midi both say how it begins; give one of them",
    );
  }
  const seed = options.seed ?? Math.floor(Math.random() * SEEDS);
  const first = from === "random" ? [randomHowlPitch(seed)] : from?.split(",").map(readHowlName);
  const output = files.output(options.output, { hasJson: options.json ?? false });
  const line = new ProgressLine(io);
  try {
    const answer = await generatePiece(
      {
        model,
        output,
        existing: options.force ? "replace" : "keep",
        notes,
        seed,
        ...defined({
          from: first,
          fromMidi: fromMidi === undefined ? undefined : await files.input(fromMidi),
          song,
          seconds,
          temperature,
          topP,
          noise,
          asPredicted,
          state,
        }),
      },
      {
        signal: io.signal,
        onProgress: ({ noteCount }) => line.show(`generating: ${noteCount} of ${notes} notes`),
      },
    );
    line.clear();
    if (options.json) {
      printJson(io.stdout, answer);
    } else {
      printLine(
        io.stdout,
        `${answer.file}: ${answer.generated} new notes after ${answer.given}, ${Math.round(answer.seconds)} s`,
      );
      say(io, `seed ${answer.seed}, model ${answer.model.id}`);
      if (state !== undefined) say(io, `go on with the same command; ${state} knows where it stopped`);
    }
    printWarnings(io, answer.warnings ?? []);
  } finally {
    line.clear();
  }
}

/** Plain numbers are seconds. */
function parseSeconds(text: string): number {
  return isDecimal(text) ? parseDecimal(text) : parseDuration(text);
}
