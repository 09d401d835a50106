// The command line as a user starts it, and what a call into the addon costs.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, StepError } from "../steps/run.mjs";
import { samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

const CALLS = 20_000;

export function benchProcess({ corpus, model, fills, folder, counts }) {
  const region = fills.regions[Math.floor(fills.regions.length / 2)];
  const output = join(folder, "filled.mid");
  const fill = [
    join(root, "dist", "cli.js"),
    ...["fill", join(corpus.data, region.piece), "--track", String(region.track)],
    ...["--ticks", `${region.startTick}-${region.endTick}`, "--output", output],
    ...["--seed", "1", "--model", model, "--device", "cpu", "--json"],
  ];
  const answer = JSON.parse(timed(fill).stdout);
  if (answer.candidates.length !== 1 || statSync(output).size === 0) {
    throw new StepError("continuo fill gave no candidate");
  }
  const repeat = (args) => Array.from({ length: counts.processes }, () => timed(args).ms);
  const whole = repeat(fill);
  const base = { what: "continuo fill, whole process", unit: "ms", ours: whole, valueTarget: { most: 600 } };
  const { recorded, rival } = fills;
  const lines = [
    line({
      ...base,
      id: "process",
      reference: { what: "node that does nothing", samples: repeat(["-e", "0"]) },
      note: `${answer.candidates[0].notes.length} notes; files in the disk's cache`,
    }),
    line({
      ...base,
      id: "process-recorded",
      reference: { what: recorded.name, samples: [recorded.startMs] },
    }),
  ];
  if (rival) {
    const samples = samplesOf(rival, "decoder first fill");
    lines.push(
      line({
        ...base,
        id: "process-decoder",
        reference: { what: "PyTorch decoder, to its first fill", samples },
      }),
    );
  }
  const peaks = Array.from({ length: counts.peaks }, () => peakMib(fill, folder));
  const memory = { what: "continuo fill, peak memory", unit: "MiB", ours: peaks };
  lines.push(
    line({
      ...memory,
      id: "process-memory",
      reference: { what: "node that does nothing", samples: [peakMib(["-e", "0"], folder)] },
    }),
  );
  return lines;
}

export async function benchAddon({ corpus, fills }) {
  const dist = join(root, "dist");
  const name = readdirSync(dist).find((file) => /^continuo\.[^.]+\.node$/.test(file));
  if (name === undefined) throw new StepError("there is no addon in dist: run npm run build.");
  const addon = createRequire(import.meta.url)(join(dist, name));
  const input = join(corpus.data, fills.regions[0].piece);
  const request = JSON.stringify({ input, strict: false });
  const { tracks } = JSON.parse(await addon.info(request));
  if (!(tracks.length > 0)) throw new StepError(`addon.info found no track in ${input}`);
  const kib = (readFileSync(input).length / 1024).toFixed(1);
  return [
    line({
      id: "addon-nothing",
      what: "addon call that does nothing",
      unit: "ns",
      ours: callNanoseconds(addon.nothing),
      reference: { what: "a JavaScript function that does nothing", samples: callNanoseconds(() => {}) },
    }),
    line({
      id: "addon-info",
      what: `addon.info of ${kib} KiB, to its answer`,
      unit: "us",
      ours: await awaitMicroseconds(() => addon.info(request)),
      reference: {
        what: "reading that file with node:fs/promises",
        samples: await awaitMicroseconds(() => readFile(input)),
      },
    }),
  ];
}

function callNanoseconds(call) {
  return Array.from({ length: 25 }, () => {
    const began = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i += 1) call();
    return Number(process.hrtime.bigint() - began) / CALLS;
  }).slice(5);
}

async function awaitMicroseconds(call) {
  const samples = [];
  for (let i = 0; i < 330; i += 1) {
    const began = process.hrtime.bigint();
    await call();
    samples.push(Number(process.hrtime.bigint() - began) / 1000);
  }
  return samples.slice(30);
}

function timed(args, env = {}) {
  const began = process.hrtime.bigint();
  const result = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env } });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  if (result.status !== 0) throw new StepError(`node ${args.join(" ")} failed:\n${result.stderr.trim()}`);
  return { ms, stdout: result.stdout };
}

function peakMib(args, folder) {
  const file = join(folder, "peak");
  const hook = pathToFileURL(join(root, "scripts", "bench", "peak-memory.mjs")).href;
  timed(["--import", hook, ...args], { CONTINUO_BENCH_PEAK: file });
  return Number(readFileSync(file, "utf8"));
}
