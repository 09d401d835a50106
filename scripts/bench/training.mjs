// Updates of the trainer, beside PyTorch on the same batches from the same weights.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

export function benchTraining({ corpus, python, folder, counts }) {
  const dump = join(folder, "training");
  mkdirSync(dump);
  const native = runNative("train", {
    data: corpus.data,
    updates: counts.updates,
    dump: python && dump,
  });
  const { facts } = native.find((entry) => entry.name === "train");
  const rival =
    python &&
    runRival(python, "training.py", {
      dump,
      "warm-up": facts.warmUp,
      "nats-per-note": facts.firstNatsPerNote,
    });
  return [
    line({
      id: "train",
      what: `training, ${facts.shards} shards of ${facts.stepsPerShard} steps`,
      unit: "steps/s",
      ours: samplesOf(native, "train"),
      reference: rival && { what: "PyTorch, equal shapes", samples: samplesOf(rival, "train") },
      ratioTarget: rival && { least: 0.8 },
      note: "ours draws the windows while it trains; PyTorch is given them ready made",
    }),
  ];
}
