// npm run bench: how fast the product is, each figure beside a reference from the same run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchDaemon } from "./bench/daemon.mjs";
import { benchFills } from "./bench/fills.mjs";
import { benchImport } from "./bench/import.mjs";
import { prepareCorpus, prepareModel, runtimeLibrary } from "./bench/inputs.mjs";
import { describeMachine } from "./bench/machine.mjs";
import { benchPage } from "./bench/page.mjs";
import { benchParse } from "./bench/parse.mjs";
import { benchAddon, benchProcess } from "./bench/process.mjs";
import { buildNativeProgram } from "./bench/programs.mjs";
import { cacheFolder, preparePython } from "./bench/python.mjs";
import { benchRecurrentNotes, benchRecurrentTraining } from "./bench/recurrent.mjs";
import { markdownReport, replaceBetween, terminalReport, versions } from "./bench/report.mjs";
import { benchTraining } from "./bench/training.mjs";
import { benchTrunk } from "./bench/trunk.mjs";
import { prepare } from "./steps/prepare.mjs";
import { heading, main, root, StepError } from "./steps/run.mjs";

const HELP = `npm run bench -- [options]

  --output FILE      where the JSON goes (runs/bench.json)
  --write-docs       put the tables into docs/benchmarks.md and the medians into test/bench/baseline.json
  --model FOLDER     a model folder (models/infill-s, else random weights of its sizes)
  --python PROGRAM   a Python that has torch, symusic and safetensors
  --no-python        leave out the rivals in Python
  --no-build         measure what is built already
  --quick            a few samples of everything, to see that it runs; the figures mean nothing
`;

const FULL = {
  ...{ regions: 100, rivalRegions: 20, candidateRegions: 20, stepSamples: 80, loads: 7 },
  ...{ parseRounds: 3, parseRepeats: 7, updates: 16, processes: 15, peaks: 3 },
  ...{ notes: 2000, imports: 5, smallFiles: 200_000 },
  ...{ clients: 64, clientFills: 20, singleFills: 60, statusCalls: 1000, starts: 5 },
  ...{ pageLoads: 5, pageFills: 15 },
};
const QUICK = {
  ...{ regions: 4, rivalRegions: 1, candidateRegions: 2, stepSamples: 8, loads: 1 },
  ...{ parseRounds: 1, parseRepeats: 1, updates: 2, processes: 2, peaks: 1 },
  ...{ notes: 100, imports: 1, smallFiles: 2000 },
  ...{ clients: 12, clientFills: 2, singleFills: 4, statusCalls: 50, starts: 1 },
  ...{ pageLoads: 1, pageFills: 2 },
};

const BASELINE = join(root, "test", "bench", "baseline.json");
const DOCS = join(root, "docs", "benchmarks.md");
const MARKERS = ["<!-- figures: written by npm run bench -- --write-docs -->", "<!-- end of figures -->"];

main(async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  if (options.quick && options["write-docs"]) {
    throw new StepError("--quick gives no figures worth writing: leave out --quick or --write-docs.");
  }
  if (!options["no-build"]) {
    await prepare();
    heading("benchmark");
    buildNativeProgram();
  }
  const python = options["no-python"] ? { missing: "--no-python" } : preparePython(options.python);
  if (python.missing) process.stdout.write(`Without the rivals in Python: ${python.missing}.\n`);
  const corpus = prepareCorpus();
  const model = prepareModel(options.model && resolve(options.model));
  const machine = { ...(await describeMachine()), python: python.versions };
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "run-"));
  const began = Date.now();
  try {
    const counts = options.quick ? QUICK : FULL;
    const library = runtimeLibrary();
    const groups = await measure({
      corpus,
      model: model.folder,
      library,
      python: python.program,
      folder,
      counts,
    });
    finish(options, {
      date: new Date().toISOString().slice(0, 10),
      machine,
      inputs: { model: model.what, files: corpus.what },
      skipped: python.missing,
      seconds: (Date.now() - began) / 1000,
      groups,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        help: { type: "boolean" },
        output: { type: "string", default: join(root, "runs", "bench.json") },
        "write-docs": { type: "boolean" },
        model: { type: "string" },
        python: { type: "string" },
        "no-python": { type: "boolean" },
        "no-build": { type: "boolean" },
        quick: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new StepError(`${error.message}\n\n${HELP}`);
  }
}

async function measure(inputs) {
  const say = (title) => process.stdout.write(`measuring: ${title}\n`);
  say("fills of four bars");
  const fills = benchFills(inputs);
  say("steps, prompt, load");
  const trunk = benchTrunk({ ...inputs, decoder: fills.rival });
  say("whole processes and calls");
  const whole = [...benchProcess({ ...inputs, fills }), ...(await benchAddon({ ...inputs, fills }))];
  say("parsing");
  const parse = benchParse(inputs);
  say("importing");
  parse.push(...benchImport(inputs));
  say("the daemon");
  const daemon = await benchDaemon(inputs);
  say("the piano roll");
  const page = await benchPage(inputs);
  say("training");
  const training = [...benchTraining(inputs), ...benchRecurrentTraining(inputs)];
  say("notes of a recurrent model");
  const recurrent = await benchRecurrentNotes(inputs);
  return [
    { title: "Fill of 4 bars, warm", lines: fills.lines },
    { title: "Parts of a fill", lines: trunk },
    { title: "Command line and addon", lines: whole },
    { title: "The daemon", lines: daemon },
    { title: "The piano roll in the browser", lines: page },
    { title: "MIDI files", lines: parse },
    { title: "Training on the CPU", lines: training },
    { title: "Recurrent models", lines: recurrent },
  ];
}

function finish(options, result) {
  const { machine, groups } = result;
  const earlier = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, "utf8")) : undefined;
  const isSame = earlier?.machine.processor === machine.processor && earlier.machine.cores === machine.cores;
  process.stdout.write(`\n${terminalReport(groups, isSame ? earlier.p50 : {})}\n\n`);
  process.stdout.write(`${machine.processor}, ${machine.cores} cores; ${versions(machine)}\n`);
  process.stdout.write(`Model: ${result.inputs.model}. Files: ${result.inputs.files}.\n`);
  if (machine.busyShare > 0.1) {
    const percent = Math.round(100 * machine.busyShare);
    process.stdout.write(
      `The machine was busy (${percent} % of its cores) before this began: measure again.\n`,
    );
  }
  const output = resolve(options.output);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${Math.round(result.seconds)} s; all figures are in ${output}\n`);
  if (options["write-docs"]) {
    const text = replaceBetween(readFileSync(DOCS, "utf8"), ...MARKERS, markdownReport(result));
    writeFileSync(DOCS, text);
    const p50 = Object.fromEntries(
      groups.flatMap(({ lines }) => lines.map(({ id, ours }) => [id, ours.p50])),
    );
    const { date } = result;
    writeFileSync(BASELINE, `${JSON.stringify({ date, machine, inputs: result.inputs, p50 }, null, 2)}\n`);
    process.stdout.write(`Written: ${DOCS} and ${BASELINE}\n`);
  }
}
