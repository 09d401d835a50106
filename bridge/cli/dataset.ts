/**
 * continuo dataset: folders of MIDI files as something to train on.
 */
import { Command } from "commander";
import { buildDataset } from "../engine/training.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { ProgressLine } from "./progress-line.ts";

/** Failures told by name; the manifest has all. */
const SHOWN_FAILURES = 5;

const EXAMPLES = `
Every .mid and .midi under the folder is read; one that fails is listed in manifest.json and the rest goes on.

Examples:
  continuo dataset build ~/Music/midi -o my-data
  continuo train my-data --out my-run --time 2h`;

export function datasetCommand(io: CliIo): Command {
  const command = new Command("dataset")
    .description("make datasets of MIDI files")
    .addHelpText("after", "\nExamples:\n  continuo dataset build ~/Music/midi -o my-data");
  command
    .command("build")
    .description("read every MIDI file under a folder into a dataset")
    .argument("<DIR>", "folder of MIDI files")
    .requiredOption("-o, --output <DATA>", "dataset folder to write")
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action(async (input: string, options: { output: string; json?: boolean }) => {
      const line = new ProgressLine(io.stderr);
      const { output } = options;
      try {
        const answer = await buildDataset(
          { input, output },
          {
            signal: io.signal,
            onProgress: ({ done, total }) => line.show(`reading: ${done} of ${total} files`),
          },
        );
        line.clear();
        if (options.json) {
          printJson(io.stdout, answer);
          return;
        }
        const { pieces, notes, failed } = answer;
        printLine(io.stdout, `${output}: ${pieces} pieces, ${notes} notes, ${failed.length} files failed`);
        for (const { path, reason } of failed.slice(0, SHOWN_FAILURES)) {
          printLine(io.stderr, `left out ${path}: ${reason}`);
        }
      } finally {
        line.clear();
      }
    });
  return command;
}
