/**
 * continuo replay: repeats a fill from the daemon's journal.
 */
import { Command } from "commander";
import { EXIT_FAILED } from "./errors.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { forOption, parseCount } from "./numbers.ts";
import { withStandardFiles } from "./standard-files.ts";
import { VERSION } from "./version.ts";
import { printWarnings } from "./warnings.ts";

interface ReplayOptions {
  output: string;
  force?: boolean;
  candidate?: number;
  json?: boolean;
}

const EXAMPLES = `
JOB is the id that the daemon gave to the fill; "last" is the latest fill. The file has the notes that the host sent,
with the candidate that was kept, or the first one.

Examples:
  continuo replay last -o again.mid
  continuo replay mww16usk-975b1cc811 -o again.mid --candidate 2`;

export function replayCommand(io: CliIo, fail: (exitCode: number) => void): Command {
  return new Command("replay")
    .description("repeat a fill from the daemon's journal, and compare")
    .argument("<JOB>", "id of a fill, or last")
    .requiredOption("-o, --output <OUT.mid>", "the file to write, - for standard output")
    .option("--force", "replace an existing file without a backup")
    .option("--candidate <N>", "which candidate, from 1", forOption("--candidate", parseCount))
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action((jobId: string, options: ReplayOptions) =>
      withStandardFiles(io, async (files) => {
        const { stdout } = files.io;
        const { replay } = await import("../daemon/replay.ts");
        const candidate = options.candidate === undefined ? undefined : options.candidate - 1;
        const { warnings, ...report } = await replay(
          jobId,
          files.output(options.output, { hasJson: options.json ?? false }),
          {
            env: io.env,
            version: VERSION,
            signal: io.signal,
            existing: options.force ? "replace" : "keep",
            ...(candidate === undefined ? {} : { candidate }),
          },
        );
        if (options.json) {
          printJson(stdout, { ...report, candidate: report.candidate + 1 });
        } else {
          printLine(
            stdout,
            `${report.file}: candidate ${report.candidate + 1} of ${report.candidates}, seed ${report.seed}, ${report.isSame ? "the same notes" : "OTHER NOTES"}`,
          );
          for (const difference of report.differences) printLine(stdout, difference);
        }
        printWarnings(files.io, warnings);
        if (!report.isSame) fail(EXIT_FAILED);
      }),
    );
}
