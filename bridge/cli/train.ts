/**
 * continuo train: a model of the notes in a dataset.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import type { RunEvent } from "../engine/train-schemas.ts";
import { type TrainRequest, train } from "../engine/training.ts";
import { defined } from "./defined.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { forOption, parseCount, parseDecimal } from "./numbers.ts";

const MODELS = ["infill-s"];

const EXAMPLES = `
A run folder holds events.jsonl (one JSON object a line), the latest checkpoint, and the model as
"continuo fill --model RUN/model" takes it. Ctrl-C writes both and stops.

Examples:
  continuo train my-data --out my-run --time 2h
  continuo train my-data --resume my-run --time 1h
  continuo train my-data --out trial --steps 500 --seed 3`;

interface TrainOptions {
  model: string;
  out?: string;
  resume?: string;
  time?: number;
  steps?: number;
  batch?: number;
  lr?: number;
  seed?: number;
  checkpointEvery?: number;
  json?: boolean;
}

export function trainCommand(io: CliIo): Command {
  return new Command("train")
    .description("train a model on a dataset, on this machine")
    .argument("<DATA>", "dataset folder, see continuo dataset build")
    .option("--model <ID>", `which model: ${MODELS.join(", ")}`, "infill-s")
    .option("--out <RUN>", "folder of a new run")
    .option("--resume <RUN>", "folder of a run to go on with")
    .option(
      "--time <TIME>",
      "how long, such as 90s, 20m, 12h (default: 10m)",
      forOption("--time", parseDuration),
    )
    .option("--steps <N>", "updates in all, instead of a time", forOption("--steps", parseCount))
    .option(
      "--batch <N>",
      "steps of the sequence in an update (default: 2048)",
      forOption("--batch", parseCount),
    )
    .option("--lr <X>", "highest learning rate (default: 0.0015)", forOption("--lr", parseDecimal))
    .option("--seed <N>", "repeats a run (default: 1)", forOption("--seed", parseCount))
    .option("--checkpoint-every <TIME>", "default: 10m", forOption("--checkpoint-every", parseDuration))
    .option("--json", "print one JSON value at the end")
    .addHelpText("after", EXAMPLES)
    .action(async (data: string, options: TrainOptions) => {
      const request = toRequest(data, options);
      const answer = await train(request, {
        signal: io.signal,
        onProgress: (event) => printLine(io.stderr, describe(event)),
      });
      if (options.json) {
        printJson(io.stdout, answer);
        return;
      }
      const loss =
        answer.heldOutLoss === null ? "" : `, ${answer.heldOutLoss.toFixed(3)} nats a held-out note`;
      const how = answer.stopped ? "stopped" : "done";
      printLine(
        io.stdout,
        `${how} after ${answer.updates} updates in ${formatDuration(answer.trainedSeconds)}${loss}: ${answer.model}`,
      );
      if (answer.stopped)
        printLine(io.stdout, `go on with: continuo train ${data} --resume ${request.run} --time 1h`);
    });
}

/** Two micro-batches make an update. */
const SHARDS = 2;

function toRequest(data: string, options: TrainOptions): TrainRequest {
  if (!MODELS.includes(options.model)) {
    throw new BridgeError(
      "MODEL_UNKNOWN",
      `"${options.model}" cannot be trained; choose ${MODELS.join(" or ")}`,
      {
        data: { model: options.model },
      },
    );
  }
  const run = options.resume ?? options.out;
  if (run === undefined || (options.resume !== undefined && options.out !== undefined)) {
    throw new BridgeError("RUN_MISSING", "say where the run goes: --out RUN for a new one, or --resume RUN");
  }
  return {
    data,
    run,
    resume: options.resume !== undefined,
    modelId: options.model,
    ...defined({
      seconds: options.time,
      updates: options.steps,
      learningRate: options.lr,
      stepsPerShard: options.batch === undefined ? undefined : Math.max(1, Math.ceil(options.batch / SHARDS)),
      seed: options.seed,
      checkpointSeconds: options.checkpointEvery,
    }),
  };
}

function describe(event: RunEvent): string {
  switch (event.event) {
    case "step":
      return `update ${event.step}: ${(event.loss ?? Number.NaN).toFixed(3)} nats a note, ${Math.round(event.stepsPerSecond)} steps/s, ${Math.round(event.notesPerSecond)} notes/s, ${formatDuration(event.secondsLeft ?? 0)} left`;
    case "heldOut":
      return `update ${event.step}: held out ${(event.loss ?? Number.NaN).toFixed(3)} nats a note`;
    case "checkpoint":
      return `update ${event.step}: checkpoint ${event.path}`;
  }
}
