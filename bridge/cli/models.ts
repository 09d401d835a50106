/**
 * continuo models: which models there are, what is in one, its graph as an ONNX file, and the user's own.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { exportModel, readModelInfo } from "../engine/engine.ts";
import { chooseModel, damageOf, type KnownModel, listModels } from "../engine/models.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { importCommand, removeCommand } from "./models/import.ts";
import { withStandardFiles } from "./standard-files.ts";
import { formatTable } from "./table.ts";
import { printWarnings } from "./warnings.ts";

export function modelsCommand(io: CliIo): Command {
  const models = new Command("models")
    .description("list, describe, export and import models")
    .addHelpText("after", "\nExamples:\n  continuo models list\n  continuo models info infill-s --json");
  models.addCommand(listCommand(io));
  models.addCommand(infoCommand(io));
  models.addCommand(exportCommand(io));
  models.addCommand(importCommand(io));
  models.addCommand(removeCommand(io));
  return models;
}

function listCommand(io: CliIo): Command {
  return new Command("list")
    .description("list the installed models, and whether their weights are intact")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo models list\n  continuo models list --json")
    .action((options: { json?: boolean }) => {
      const listed = listModels(io.env).map(describeModel);
      if (options.json) {
        printJson(io.stdout, listed);
        return;
      }
      if (listed.length === 0) printLine(io.stdout, "no model is installed");
      const rows = listed.map((model) => [
        model.isDefault ? `${model.id} (default)` : model.id,
        `${(model.size / 1e6).toFixed(1)} MB`,
        model.licence,
        model.problem ?? "whole",
        model.folder,
      ]);
      const columns = [
        { title: "model" },
        { title: "size", align: "right" as const },
        { title: "licence" },
        { title: "weights" },
        { title: "folder" },
      ];
      if (rows.length > 0) for (const line of formatTable(columns, rows)) printLine(io.stdout, line);
    });
}

function describeModel(model: KnownModel) {
  return { ...model, problem: damageOf(model)?.code ?? null };
}

function infoCommand(io: CliIo): Command {
  return new Command("info")
    .description("show a model's sizes, vocabulary and training")
    .argument("<MODEL>", "an id that models list shows, or the folder of a model or a training")
    .option("--json", "print one JSON value")
    .addHelpText(
      "after",
      "\nExamples:\n  continuo models info infill-s\n  continuo models info ./my-run --json",
    )
    .action(async (name: string, options: { json?: boolean }) => {
      const chosen = chooseModel(name, io.env);
      const info = await readModelInfo(chosen);
      const entry = listModels(io.env).find(
        (model) => model.id === chosen.id && model.folder === chosen.folder,
      );
      const answer = {
        id: chosen.id,
        folder: chosen.folder,
        ...info,
        licence: entry?.licence ?? null,
        source: entry?.source ?? null,
      };
      if (options.json) {
        printJson(io.stdout, answer);
        return;
      }
      printLine(io.stdout, `${answer.id} in ${answer.folder}`);
      printLine(io.stdout, `${(info.parameterCount / 1e6).toFixed(2)} M parameters, sha256 ${info.sha256}`);
      const { vocabulary, encoding, architecture, training } = info.config;
      if (vocabulary !== undefined) {
        printLine(io.stdout, `vocabulary ${vocabulary.version}, hash ${vocabulary.hash}`);
      }
      if (encoding !== undefined) printLine(io.stdout, `encoding ${encoding.name} ${encoding.version}`);
      const sizes = Object.entries(architecture).map(([key, value]) => `${key} ${value}`);
      printLine(io.stdout, sizes.join(", "));
      if (entry !== undefined) printLine(io.stdout, `licence ${entry.licence}, from ${entry.source}`);
      if (training !== null) printLine(io.stdout, `training ${JSON.stringify(training, null, 2)}`);
    });
}

function exportCommand(io: CliIo): Command {
  return new Command("export")
    .description("write the graph that fills run as an ONNX file")
    .argument("<MODEL>", "an id that models list shows, or the folder of a model or a training")
    .option("-o, --output <FILE.onnx>", "the file to write, - for standard output")
    .option("--force", "replace an existing file without a backup")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo models export infill-s -o infill-s.onnx")
    .action((name: string, { output, force, json }: ExportOptions) =>
      withStandardFiles(io, async (files) => {
        if (output === undefined) {
          throw new BridgeError("OUTPUT_MISSING", "no output is named; give -o MODEL.onnx");
        }
        const path = files.output(output, { hasJson: json ?? false, ending: ".onnx" });
        const answer = await exportModel(chooseModel(name, io.env), path, force ? "replace" : "keep");
        if (json) printJson(files.io.stdout, answer);
        else say(files.io, `${answer.file}: ${(answer.bytes / 1e6).toFixed(1)} MB`);
        printWarnings(files.io, answer.warnings ?? []);
      }),
    );
}

interface ExportOptions {
  output?: string;
  force?: boolean;
  json?: boolean;
}
