// Fills of four bars by a warm engine, beside a plain PyTorch decoder that makes the same notes.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

const CONTEXTS = [100, 512];
const CANDIDATES = 8;
/** Median that is to be reached on two cores, in milliseconds, by context. */
const LIMITS_MS = { 100: 70, 512: 150 };
/**
 * MIDI-GPT 0.4.2 (20 M parameters, random weights), measured once on a machine of two cores, before the
 * first line of this project was written: median fill, memory, and script start to first fill.
 */
const MIDI_GPT = { name: "MIDI-GPT 0.4.2 (recorded)", ms: 1380, mib: 751, startMs: 5200 };
const TO_REACH = { most: 1 / 20 };

/** @returns {lines, regions, firstFill}: regions with what was done in each; firstFill for the whole process */
export function benchFills({ corpus, model, library, python, folder, counts }) {
  const native = runNative("fills", {
    data: corpus.data,
    regions: corpus.regions,
    model,
    library,
    contexts: CONTEXTS.join(","),
    count: counts.regions,
    candidates: CANDIDATES,
    "candidate-regions": counts.candidateRegions,
  });
  const regions = native.filter((entry) => entry.name === "fill");
  const rival = python && runDecoder(python, regions, counts.rivalRegions, folder);
  const lines = CONTEXTS.flatMap((context, column) => {
    const ours = regions.map((region) => region.runs[column].ms);
    const base = { what: `fill, up to ${context} notes of context`, unit: "ms", ours };
    const valueTarget = { most: LIMITS_MS[context] };
    const beside = rival && {
      ...base,
      id: `fill-${context}`,
      paired: rival.chosen.map((index) => ours[index]),
      reference: {
        what: `PyTorch decoder, ${rival.chosen.length} of the regions`,
        samples: samplesOf(rival.lines, "decoder", { context }),
      },
      ratioTarget: TO_REACH,
      valueTarget,
    };
    // The recorded figure is for about 100 notes of context.
    const recorded = context === 100 && {
      ...base,
      id: `fill-${context}-recorded`,
      reference: { what: MIDI_GPT.name, samples: [MIDI_GPT.ms] },
      ratioTarget: TO_REACH,
      valueTarget,
    };
    const alone = { ...base, id: `fill-${context}`, valueTarget };
    return [beside || alone, recorded].filter(Boolean).map(line);
  });
  const [one, several] = [1, CANDIDATES].map((candidates) => samplesOf(native, "candidates", { candidates }));
  lines.push(
    line({
      id: "candidates",
      what: `fill with ${CANDIDATES} candidates`,
      unit: "ms",
      ours: several,
      reference: { what: "1 candidate", samples: one },
      ratioTarget: { most: 2.5 },
    }),
  );
  const memory = samplesOf(native, "engine");
  if (memory.length > 0) {
    const base = { what: "peak memory of the engine", unit: "MiB", ours: memory, valueTarget: { most: 250 } };
    lines.push(
      line({ ...base, id: "memory", reference: { what: MIDI_GPT.name, samples: [MIDI_GPT.mib] } }),
      ...(rival
        ? [
            line({
              ...base,
              id: "memory-decoder",
              reference: { what: "PyTorch decoder", samples: samplesOf(rival.lines, "decoder memory") },
            }),
          ]
        : []),
    );
  }
  const notes = regions.map((region) => region.runs[0].notes);
  return { lines, regions, notes, rival: rival?.lines, recorded: MIDI_GPT };
}

/** Let the decoder do regions spread over ours; returns its lines and which regions they were. */
function runDecoder(python, regions, count, folder) {
  const wanted = Math.min(count, regions.length);
  const chosen = Array.from({ length: wanted }, (_, i) => Math.floor((i * regions.length) / wanted));
  const plan = {
    contexts: CONTEXTS,
    regions: chosen.map((index) => ({
      notes: regions[index].runs.map((run) => run.notes),
      shown: regions[index].runs.map((run) => run.shown),
    })),
  };
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  return { chosen, lines: runRival(python, "decoder.py", { plan: file, start: Date.now() / 1000 }) };
}
