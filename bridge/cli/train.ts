/**
 * continuo train: trains a model on a dataset: new, resumed, or fine-tuned.
 */
import { Command, Option } from "commander";
import { trainBy } from "../engine/gradient.ts";
import type { RunEvent, TrainAnswer } from "../engine/train-schemas.ts";
import { type TrainRequest, train } from "../engine/training.ts";
import { type Backend, openTfjs } from "../tfjs/backend.ts";
import { CheckpointExporter } from "../training/exported-checkpoints.ts";
import { describeGain, mayBeChance } from "../training/gain.ts";
import { RunRecorder } from "../training/recorder.ts";
import { openView } from "../training/view.ts";
import { watchAndTrain } from "../training/watch.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { type CliIo, hasColour, printJson, printLine, say } from "./io.ts";
import { forOption, parseCount, parseDecimal } from "./numbers.ts";
import { requestOf, type TrainOptions } from "./train/request.ts";

const EXAMPLES = `
A model is infill-s, infill-m (fill, continue, vary), or a recurrent one: lstm-192, lstm-416, lstm-1024,
gru-512, or any cell, width and layers, such as gru-64x2. With --from a trained model learns your style:
compare its held-out loss before and after, and "continuo models import RUN --name mine".
A run folder holds config.json, events.jsonl, tensorboard/, checkpoints, report.html, and the model as
"continuo fill --model RUN" takes it. Ctrl-C writes a checkpoint and the model and stops; so does closing
the terminal. When you have written more, "continuo dataset build" adds it to DATA, and --resume goes on with it.
With --backend tfjs the gradients of a recurrent model are computed by the first that loads of
@tensorflow/tfjs-node-gpu, @tensorflow/tfjs-node and @tensorflow/tfjs, which you install yourself.

Examples:
  continuo train my-data --from infill-s --out mine --time 10m
  continuo train my-data --from infill-s --lora --out mine --time 10m --replay base-data
  continuo train my-data --model lstm-192 --out my-lstm --time 12h
  continuo train my-data --resume my-lstm --time 1h
  continuo train my-data --from infill-s --out mine --watch ~/Music/sketches`;

export function trainCommand(io: CliIo): Command {
  return new Command("train")
    .description("train a model on a dataset, on this machine")
    .argument("<DATA>", "dataset folder, see continuo dataset build")
    .option("--model <ID>", "which model to train from scratch (default: infill-s)")
    .option("--from <MODEL>", "a trained model to start from: an id, or the folder of a model or a training")
    .option("--lora [RANK]", "with --from: train small adapters, not all weights (rank 8)")
    .option("--replay <DATA>", "a dataset to train on as well, so that the model does not forget it")
    .option(
      "--replay-share <X>",
      "its share of each batch (default: 0.25)",
      forOption("--replay-share", parseDecimal),
    )
    .option("--out <RUN>", "folder of a new run")
    .option("--resume <RUN>", "folder of a run to continue")
    .option("--watch <DIR>", "keep training whenever a MIDI file is saved under this folder")
    .option(
      "--time <TIME>",
      "how long, such as 90s, 20m, 12h (default: 10m)",
      forOption("--time", parseDuration),
    )
    .option("--steps <N>", "total number of updates, instead of a time", forOption("--steps", parseCount))
    .option("--epochs <X>", "passes over the notes, instead of a time", forOption("--epochs", parseDecimal))
    .option(
      "--batch <N>",
      "an update's steps (infill, default 2048) or sequences (recurrent, default 64)",
      forOption("--batch", parseCount),
    )
    .option("--seq <N>", "recurrent: notes of a sequence (default: 256)", forOption("--seq", parseCount))
    .option("--lr <X>", "highest learning rate", forOption("--lr", parseDecimal))
    .option("--precision <P>", "f32, the only choice on a CPU")
    .option("--device <D>", "cpu, or wgpu, cuda, metal if their addon is installed (default: cpu)")
    .addOption(
      new Option(
        "--backend <B>",
        "what computes gradients; tfjs: recurrent, TensorFlow.js (default: native)",
      ).choices(["native", "tfjs"]),
    )
    .option("--seed <N>", "repeats a run (default: 1)", forOption("--seed", parseCount))
    .option(
      "--checkpoint-every <TIME>",
      "how often to keep a checkpoint; the latest is written every 5m (default: 10m, recurrent 2h)",
      forOption("--checkpoint-every", parseDuration),
    )
    .option(
      "--evaluate-every <TIME>",
      "how often to measure the held-out loss (default: 2m)",
      forOption("--evaluate-every", parseDuration),
    )
    .option("--keep <N>", "earlier checkpoints kept (default: 3)", forOption("--keep", parseCount))
    .option("--hear-checkpoints", "also write each kept checkpoint as a model, into RUN/heard")
    .option("--with-drums", "recurrent: keep drums as pitches")
    .option("--balanced-tempo", "recurrent: stretch time to faster as often as to slower")
    .option("--plain", "plain lines instead of the live view")
    .option("--json", "print one JSON value at the end")
    .addHelpText("after", EXAMPLES)
    .action(async (data: string, options: TrainOptions) => {
      const request = requestOf(data, options, io.env);
      const backend = options.backend === "tfjs" ? await openTfjs() : undefined;
      for (const remark of backend?.remarks ?? []) printLine(io.stderr, remark);
      const answer =
        options.watch === undefined
          ? await trainShown(io, request, options, backend)
          : await watchAndTrain(request, options.watch, {
              signal: io.signal,
              say: (text) => printLine(io.stderr, text),
              train: (round) => trainShown(io, round, options, backend),
            });
      if (options.json) printJson(io.stdout, answer);
      else if (answer !== null) for (const line of summarise(data, request.run, answer)) say(io, line);
    });
}

/** Train with the view that the terminal can have, leaving a report. */
async function trainShown(
  io: CliIo,
  request: TrainRequest,
  options: TrainOptions,
  backend: Backend | undefined,
): Promise<TrainAnswer> {
  const colour = hasColour(io.stderr, io.env);
  const live = io.stderr.isTTY === true && options.plain !== true && io.env.TERM !== "dumb";
  const view = openView(io.stderr, { live, colour, formatSeconds: formatDuration });
  const recorder = new RunRecorder(request.run, formatDuration);
  const heard = options.hearCheckpoints ? new CheckpointExporter(request.run) : undefined;
  try {
    const listeners = {
      signal: io.signal,
      onProgress: (event: RunEvent) => {
        view.show(event);
        recorder.add(event);
        heard?.add(event);
      },
    };
    if (backend === undefined) return await train(request, listeners);
    return await trainBy(backend.compute, { ...request, device: backend.name }, listeners);
  } finally {
    view.close();
    await heard?.settled();
    recorder.writeReport();
  }
}

function summarise(data: string, run: string, answer: TrainAnswer): string[] {
  const { updates, trainedSeconds, heldOutLoss, heldOutBefore, heldOutGain } = answer;
  const { replayLoss, replayBefore, stopped } = answer;
  const lines = [
    `${stopped ? "stopped" : "done"} after ${updates} updates in ${formatDuration(trainedSeconds)}`,
  ];
  const sides = (name: string, before: number | null, after: number | null) => {
    if (before === null || after === null) return;
    const change = (100 * (after - before)) / before;
    lines.push(
      `${name}: ${before.toFixed(3)} before, ${after.toFixed(3)} after (${change > 0 ? "+" : ""}${change.toFixed(1)} %)`,
    );
  };
  sides("held out, loss of a note", heldOutBefore, heldOutLoss);
  if (heldOutLoss === null) {
    lines.push("nothing was held out, so that nothing says whether it got better");
  } else if (heldOutGain !== null) {
    const chance = mayBeChance(heldOutGain) ? "; this may be chance" : "";
    lines.push(`piece by piece: ${describeGain(heldOutGain)}${chance}`);
  }
  sides("the base's data, loss of a note", replayBefore, replayLoss);
  lines.push(`model: ${answer.model}`, `look: ${run}/report.html`);
  if (stopped) lines.push(`go on with: continuo train ${data} --resume ${run} --time 1h`);
  else lines.push(`install it with: continuo models import ${run} --name NAME`);
  return lines;
}
