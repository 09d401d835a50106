// One decode step, the prompt and the load of an engine.
import { availableParallelism } from "node:os";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

const PROMPT = 512;

export function benchTrunk({ model, library, python, decoder, counts }) {
  const threads = Math.min(2, availableParallelism());
  const native = runNative("steps", { model, library, threads, samples: counts.stepSamples });
  const { facts } = native.find((entry) => entry.name === "step");
  const rival =
    python &&
    runRival(python, "trunk.py", { prompt: PROMPT, length: facts.length, samples: counts.stepSamples / 4 });
  const of = (name) => samplesOf(native, name);
  const step = of("step");
  const base = { what: `decode step after ${facts.length}`, unit: "ms", ours: step };
  const reading = [2, 4].map((bytes) => {
    const megabytes = Math.round((facts.weights * bytes) / 1e6);
    return line({
      ...base,
      id: `step-f${8 * bytes}`,
      reference: {
        what: `reading its weights as f${8 * bytes} (${megabytes} MB) from memory`,
        samples: of(`weights as f${8 * bytes}`),
      },
      ratioTarget: { most: 1.5 },
    });
  });
  const beside = (name, ours) => ({
    ours,
    unit: "ms",
    reference: rival && { what: "PyTorch, equal shapes", samples: samplesOf(rival, name) },
  });
  const load = { what: "engine load, fresh process", unit: "ms", ours: loads(model, library, counts) };
  return [
    ...reading,
    ...(rival ? [line({ ...base, id: "step-pytorch", ...beside("step", step) })] : []),
    line({
      id: "step-of-8",
      what: "decode step of 8 candidates",
      unit: "ms",
      ours: of("step of 8"),
      reference: { what: "of 1", samples: step },
    }),
    line({ id: "prompt", what: `prompt of ${PROMPT}`, ...beside("prompt", of("prompt")) }),
    line({
      ...load,
      id: "load",
      reference: decoder && {
        what: "PyTorch decoder, imported and built",
        samples: samplesOf(decoder, "decoder ready"),
      },
    }),
  ];
}

function loads(model, library, counts) {
  return Array.from({ length: counts.loads }, () =>
    samplesOf(runNative("load", { model, library }), "load"),
  ).flat();
}
