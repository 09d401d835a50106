/**
 * continuo models import and remove: a trained model becomes one that every command and host can name.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { BridgeError } from "../../bridge-error.ts";
import { readModelInfo } from "../../engine/engine.ts";
import { chooseModel, modelFolderOf } from "../../engine/models.ts";
import { applyAdapter } from "../../engine/training.ts";
import { checkName, importModel, removeModel } from "../../engine/user-models.ts";
import { judge, type Outcome } from "../../training/outcome.ts";
import { type CliIo, printJson, say } from "../io.ts";
import { printWarnings } from "../warnings.ts";

interface ImportOptions {
  name: string;
  base?: string;
  licence: string;
  force?: boolean;
  json?: boolean;
}

export function importCommand(io: CliIo): Command {
  return new Command("import")
    .description("import a trained model under a name")
    .argument("<RUN>", "a run folder, a model folder, or an adapter.safetensors")
    .requiredOption("--name <NAME>", "the name to use")
    .option("--base <MODEL>", "the model that an adapter was trained on", "infill-s")
    .option("--licence <TEXT>", "a note on its licence", "your own")
    .option("--force", "import even if its held-out loss did not improve")
    .option("--json", "print one JSON value")
    .addHelpText(
      "after",
      "\nExamples:\n  continuo models import my-run --name mine\n  continuo fill song.mid --track 1 --bars 5-8 --model mine -o out.mid",
    )
    .action(async (path: string, options: ImportOptions) => {
      checkName(options.name, io.env);
      const outcome = judged(path, options.force === true);
      const scratch = mkdtempSync(join(tmpdir(), "continuo-"));
      try {
        const folder = await modelFolder(path, options, scratch, io.env);
        // Read as every command will, so that damage and other vocabularies are found now.
        await readModelInfo({ id: options.name, folder });
        const { name, licence } = options;
        const model = importModel(folder, { name, licence, source: `imported from ${path}`, env: io.env });
        if (options.json) {
          printJson(io.stdout, { ...model, ...outcome, gained: outcome.gained ?? null });
          return;
        }
        printWarnings(io, outcome.warnings);
        if (outcome.gained !== undefined) say(io, outcome.gained);
        say(io, `${name} is in ${model.folder}; use it with --model ${name}`);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    });
}

/** @throws BridgeError MODEL_WORSE, unless forced */
function judged(path: string, isForced: boolean): Outcome {
  try {
    return judge(path);
  } catch (error) {
    if (!isForced || !(error instanceof BridgeError) || error.code !== "MODEL_WORSE") throw error;
    return { gained: undefined, warnings: [] };
  }
}

async function modelFolder(
  path: string,
  options: ImportOptions,
  scratch: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (path.endsWith(".safetensors")) {
    const base = chooseModel(options.base, env).folder;
    await applyAdapter({ adapter: path, base, output: scratch, modelId: options.name });
    return scratch;
  }
  return modelFolderOf(path) ?? path;
}

export function removeCommand(io: CliIo): Command {
  return new Command("remove")
    .description("remove a model that was imported")
    .argument("<NAME>", "an id that models list shows")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo models remove mine")
    .action((name: string, options: { json?: boolean }) => {
      const folder = removeModel(name, io.env);
      if (options.json) printJson(io.stdout, { removed: name, folder });
      else say(io, `${name} is gone from ${folder}`);
    });
}
