/**
 * continuo dataset: folders of MIDI files as something to train on.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { exportDataset, readDatasetInfo, verifyDataset } from "../engine/dataset.ts";
import { buildCommand } from "./dataset/build.ts";
import { renderInfo } from "./dataset/info.ts";
import { isInfoHtml, renderInfoHtml } from "./dataset/info-html.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { type OutputWarning, writeResult } from "./result-file.ts";
import { withStandardFiles } from "./standard-files.ts";
import { printWarnings } from "./warnings.ts";

export function datasetCommand(io: CliIo): Command {
  const command = new Command("dataset")
    .description("build, inspect and check datasets of MIDI files")
    .addHelpText(
      "after",
      "\nExamples:\n  continuo dataset build ~/Music/midi -o my-data\n  continuo dataset info my-data",
    );
  command.addCommand(buildCommand(io));
  command.addCommand(infoCommand(io));
  command.addCommand(verifyCommand(io));
  command.addCommand(exportCommand(io));
  return command;
}

function infoCommand(io: CliIo): Command {
  return new Command("info")
    .description("show what a dataset contains, with charts of pitches, tempos, meters and instruments")
    .argument("<DATA>", "dataset folder")
    .option("--html <FILE>", "also write a page with the plots; - for standard output")
    .option("--force", "replace an existing page without a backup")
    .option("--json", "print one JSON value")
    .addHelpText(
      "after",
      "\nExamples:\n  continuo dataset info my-data\n  continuo dataset info my-data --html my-data.html",
    )
    .action((data: string, options: InfoOptions) =>
      withStandardFiles(io, async (files) => {
        const { html, json, force } = options;
        const page =
          html === undefined ? undefined : files.output(html, { hasJson: json ?? false, ending: ".html" });
        const info = await readDatasetInfo(data);
        const warnings = page === undefined ? [] : await writePage(page, renderInfoHtml(info), force);
        const { stdout } = files.io;
        if (json) printJson(stdout, info);
        else for (const line of renderInfo(info, stdout.columns ?? 80)) printLine(stdout, line);
        printWarnings(files.io, warnings);
      }),
    );
}

interface InfoOptions {
  html?: string;
  force?: boolean;
  json?: boolean;
}

/** @throws BridgeError TEXT_NOT_WRITTEN */
async function writePage(path: string, text: string, force = false): Promise<OutputWarning[]> {
  try {
    return await writeResult(path, text, { force, isEarlier: isInfoHtml });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("TEXT_NOT_WRITTEN", reason, { data: { path }, cause });
  }
}

function verifyCommand(io: CliIo): Command {
  return new Command("verify")
    .description("check that no piece has changed since it was built")
    .argument("<DATA>", "dataset folder")
    .option("--files", "also compare the MIDI files that it was built from")
    .option("--json", "print one JSON value")
    .addHelpText(
      "after",
      "\nExamples:\n  continuo dataset verify my-data\n  continuo dataset verify my-data --files",
    )
    .action(async (data: string, options: { files?: boolean; json?: boolean }) => {
      const answer = await verifyDataset(data, options.files ?? false);
      if (options.json) printJson(io.stdout, answer);
      else for (const { path, what } of answer.problems) printLine(io.stdout, `${path}: ${what}`);
      if (answer.problems.length > 0) {
        throw new BridgeError(
          "DATASET_DIFFERS",
          `${answer.problems.length} of ${answer.pieces} pieces are not as they were built; build the dataset again`,
          { data: { problems: answer.problems.length } },
        );
      }
      if (!options.json) say(io, `${data}: ${answer.pieces} pieces, all as they were built`);
    });
}

function exportCommand(io: CliIo): Command {
  return new Command("export")
    .description("write pieces and notes as tables that DuckDB, Spark or pandas read")
    .argument("<DATA>", "dataset folder")
    .requiredOption("-o, --output <DIR>", "folder for pieces.parquet and notes.parquet")
    .option("--parquet", "the format, currently the only one")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo dataset export my-data --parquet -o tables")
    .action(async (data: string, options: { output: string; json?: boolean }) => {
      const answer = await exportDataset(data, options.output);
      if (options.json) {
        printJson(io.stdout, answer);
        return;
      }
      for (const { file, rows, bytes } of answer.files) {
        say(io, `${file}: ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB`);
      }
    });
}
