// The recurrent family: a note in Rust beside ONNX Runtime's JavaScript interface, updates beside PyTorch.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StepError } from "../steps/run.mjs";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

const [PITCHES, VALUES, WIDTH] = [120, 3, 192];
const WARM_UP = 200;
/** Two ways to compute the same may differ by so much after hundreds of notes. */
const TOLERANCE = 1e-2;

export async function benchRecurrentNotes({ folder, counts }) {
  const onnx = join(folder, "lstm-192.onnx");
  const native = runNative("recurrent-notes", { notes: counts.notes, onnx });
  const { facts } = native.find((entry) => entry.name === "recurrent-note");
  const theirs = await notesInJavaScript(onnx, facts.notes);
  const differs = theirs.values.some((value, i) => Math.abs(value - facts.lastValues[i]) > TOLERANCE);
  if (theirs.class !== facts.lastClass || differs) {
    throw new StepError("the two networks play different notes");
  }
  return [
    line({
      id: "recurrent-note",
      what: "LSTM-192, one note",
      unit: "us",
      ours: samplesOf(native, "recurrent-note"),
      reference: { what: "onnxruntime-node, the same graph", samples: theirs.samples },
      ratioTarget: { most: 1 / 8 },
    }),
  ];
}

/** The likeliest note after the other, as the native program does. */
async function notesInJavaScript(path, count) {
  // Its telemetry is off only if this is there before it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1 });
  const zeros = () => new Tensor("float32", new Float32Array(WIDTH), [1, 1, WIDTH]);
  let [h, c] = [zeros(), zeros()];
  let [values, top] = [[0.5, 0.25, 0.75], 60];
  const samples = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const x = new Float32Array(VALUES + PITCHES);
    x.set(values);
    x[VALUES + top] = 1;
    const feeds = { x: new Tensor("float32", x, [1, VALUES + PITCHES]), h0: h, c0: c };
    const out = await session.run(feeds);
    if (i >= WARM_UP) samples.push((performance.now() - began) * 1000);
    [h, c] = [out.h0_out, out.c0_out];
    values = [...out.values.data];
    top = out.pitch.data.reduce((best, logit, k, all) => (logit >= all[best] ? k : best), 0);
  }
  return { samples, values, class: top };
}

export function benchRecurrentTraining({ python, folder, counts }) {
  const dump = join(folder, "recurrent");
  mkdirSync(dump);
  const native = runNative("recurrent-train", { updates: counts.updates, dump: python && dump });
  const { facts } = native.find((entry) => entry.name === "recurrent-train");
  const rival =
    python &&
    runRival(python, "training_recurrent.py", { dump, updates: counts.updates, loss: facts.firstLoss });
  return [
    line({
      id: "recurrent-train",
      what: `training of LSTM-192, ${facts.lanes} sequences of ${facts.steps} notes`,
      unit: "notes/s",
      ours: samplesOf(native, "recurrent-train"),
      reference: rival && { what: "PyTorch, equal shapes", samples: samplesOf(rival, "recurrent-train") },
      ratioTarget: rival && { least: 0.8 },
    }),
    line({
      id: "recurrent-train-memory",
      what: "peak memory of that training",
      unit: "MiB",
      ours: [facts.peakMib],
      reference: rival && {
        what: "PyTorch",
        samples: [rival.find((entry) => entry.name === "recurrent-train").facts.peakMib],
      },
    }),
  ];
}
