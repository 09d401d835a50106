/**
 * continuo dataset build: every MIDI file under some folders, read into one dataset.
 */
import { Command } from "commander";
import { defined } from "../../defined.ts";
import { buildDataset } from "../../engine/dataset.ts";
import type { BuildAnswer, BuildProgress } from "../../engine/dataset-schemas.ts";
import { MIDI_ENDINGS_TEXT } from "../../music/midi-files.ts";
import { plural } from "../../plural.ts";
import { formatDuration } from "../duration.ts";
import { type CliIo, printJson, printLine, say } from "../io.ts";
import { forOption, parseCount, parseDecimal } from "../numbers.ts";
import { ProgressLine } from "../progress-line.ts";
import { held } from "./info.ts";

/** Failures listed by name; the manifest has all. */
const SHOWN_FAILURES = 5;
const BAR_COLUMNS = 20;

const EXAMPLES = `
Every MIDI file (${MIDI_ENDINGS_TEXT}) under the folders is read, on all cores; links are not followed. Files
that fail are listed in manifest.json; the others are still read. The same notes in another key or tempo are kept once; takes, cuts
and arrangements of one song stay on one side of the split. Built again, only new and changed files are read;
Ctrl-C keeps what was read so far. If DATA exists, the folders are added to it.

Examples:
  continuo dataset build ~/Music/midi -o my-data
  continuo dataset build ~/Music/new-songs -o my-data
  continuo dataset build sketches album -o my-data --replace --hold-out 0.1
  continuo train my-data --out my-run --time 2h`;

interface BuildOptions {
  output: string;
  seed?: number;
  holdOut?: number;
  replace?: boolean;
  licence?: string;
  json?: boolean;
}

export function buildCommand(io: CliIo): Command {
  return new Command("build")
    .description("read every MIDI file under some folders into a dataset")
    .argument("<DIR...>", "folders of MIDI files")
    .requiredOption("-o, --output <DATA>", "dataset folder to write or update")
    .option(
      "--hold-out <X>",
      "share of the pieces to measure with and not train on, such as 0.1 (default: 0.05, more if there are few pieces)",
      forOption("--hold-out", parseDecimal),
    )
    .option("--seed <N>", "chooses the split (default: 1)", forOption("--seed", parseCount))
    .option("--replace", "drop the pieces of folders that are not given this time")
    .option("--licence <TEXT>", "a note on the files' licence, for the manifest")
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action(async (inputs: string[], options: BuildOptions) => {
      const line = new ProgressLine(io);
      const { output, seed, holdOut, replace, licence } = options;
      // A share that is given is meant.
      const enough = holdOut === undefined ? undefined : 1;
      try {
        const answer = await buildDataset(
          { inputs, output, ...defined({ seed, holdOut, enough, replace, licence }) },
          { signal: io.signal, onProgress: (progress) => line.show(describeProgress(progress)) },
        );
        line.clear();
        if (options.json) printJson(io.stdout, answer);
        else print(io, output, answer);
      } finally {
        line.clear();
      }
    });
}

/** One line with a bar. */
export function describeProgress(progress: BuildProgress): string {
  const { total, done, notes, failed, filesPerSecond, secondsLeft } = progress;
  const filled = total === 0 ? BAR_COLUMNS : Math.round((BAR_COLUMNS * done) / total);
  const bar = "█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled);
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  return `${bar} ${done} of ${total} files, ${notes} notes${failures}, ${Math.round(filesPerSecond)}/s, ${formatDuration(secondsLeft ?? 0)} left`;
}

function print(io: CliIo, output: string, answer: BuildAnswer): void {
  const { pieces, heldOutPieces, notes, duplicates, failed, files, read } = answer;
  const { keptPieces, keptFolders, largest } = answer;
  say(io, `${output}: ${plural(pieces, "piece")}, ${plural(notes, "note")}; ${held(heldOutPieces)}`);
  printLine(
    io.stdout,
    `${plural(files, "file")}, ${read} of them read now; ${plural(duplicates, "duplicate")} and ${plural(failed.length, "failure")} left out`,
  );
  if (keptFolders.length > 0) {
    printLine(
      io.stdout,
      `${plural(keptPieces, "piece")} of ${keptFolders.join(", ")} kept unchanged; --replace leaves them out`,
    );
  }
  if (largest !== null) {
    const percent = Math.round((100 * largest.notes) / notes);
    printLine(
      io.stderr,
      `${largest.path} is ${percent} % of all notes, so that a model hears little else; leave it out or split it`,
    );
  }
  for (const { path, reason } of failed.slice(0, SHOWN_FAILURES)) {
    printLine(io.stderr, `left out ${path}: ${reason}`);
  }
  if (failed.length > SHOWN_FAILURES) printLine(io.stderr, "manifest.json lists the others");
}
