/**
 * continuo doctor: checks that everything a fill needs is installed, and names what is missing.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { toBridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { loadAddon, platformName } from "../engine/addon.ts";
import { probeDevices, writeTestSong } from "../engine/engine.ts";
import { fillFile } from "../engine/fill.ts";
import { chooseModel, damageOf, listModels } from "../engine/models.ts";
import { findRuntimeLibrary, runtimeVersion } from "../engine/runtime-library.ts";
import type { Finding } from "../install/examine.ts";
import type { Check, DoctorReport } from "./doctor-report.ts";
import { EXIT_FAILED } from "./errors.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { VERSION } from "./version.ts";

interface DoctorOptions {
  model?: string;
  removeTelemetry?: boolean;
  json?: boolean;
}

const NODE_MAJOR = 20;

export function doctorCommand(io: CliIo, fail: (exitCode: number) => void): Command {
  return new Command("doctor")
    .description("check what a fill needs and try one, then the daemon and the scripts in DAWs")
    .option("--model <ID|DIR>", "the model to try: an id, or the folder of a model or a training")
    .option(
      "--remove-telemetry",
      "delete files that ONNX Runtime's telemetry left before it was switched off",
    )
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo doctor\n  continuo doctor --json")
    .action(async (options: DoctorOptions) => {
      const report = await examine(io, options);
      if (options.json) {
        printJson(io.stdout, report);
      } else {
        for (const check of report.checks) {
          printLine(io.stdout, `${wordOf(check)} ${check.name}: ${check.detail}`);
          for (const { device, isChosen, reason } of check.name === "devices" ? report.devices : []) {
            printLine(io.stdout, `     ${device}: ${isChosen ? "taken by --device auto" : reason}`);
          }
        }
      }
      if (!report.isOk) fail(EXIT_FAILED);
    });
}

function wordOf({ isOk, isNote }: Check): string {
  if (!isOk) return "FAIL";
  return isNote ? "--  " : "ok  ";
}

/** Another part of the program in the doctor's words. */
function checkOf({ name, state, detail, code }: Finding): Check {
  return {
    name,
    isOk: state !== "broken",
    ...(state === "note" ? { isNote: true } : {}),
    detail,
    ...defined({ code }),
  };
}

async function examine(io: CliIo, options: DoctorOptions): Promise<DoctorReport> {
  const modelName = options.model;
  const checks: Check[] = [];
  /** A check that throws is a check that failed; what depends on it is left out. */
  const check = async <Found>(
    name: string,
    find: () => Found | Promise<Found>,
    describe: (found: Found) => string,
  ): Promise<Found | null> => {
    try {
      const found = await find();
      checks.push({ name, isOk: true, detail: describe(found) });
      return found;
    } catch (thrown) {
      const error = toBridgeError(thrown);
      checks.push({ name, isOk: false, detail: error.message, code: error.code });
      return null;
    }
  };

  const { node } = process.versions;
  const isNodeOk = Number(node.split(".")[0]) >= NODE_MAJOR;
  checks.push({
    name: "Node",
    isOk: isNodeOk,
    detail: isNodeOk ? node : `${node} is too old; install Node ${NODE_MAJOR} or later`,
  });
  const addon = await check(
    "native module",
    () => loadAddon().path,
    (path) => path,
  );
  const runtime = await check(
    "ONNX Runtime",
    () => {
      const library = findRuntimeLibrary(io.env);
      return { path: library.path, version: runtimeVersion(library) ?? null };
    },
    ({ path, version }) => `${version ?? "of ORT_DYLIB_PATH"}, ${path}`,
  );
  await check(
    "models",
    () => {
      const models = listModels(io.env);
      const problem = models.map(damageOf).find((damage) => damage !== undefined);
      if (problem !== undefined) throw problem;
      return models;
    },
    (models) => models.map((known) => `${known.id} (hash ok)`).join(", ") || "none installed",
  );
  const model = await check(
    "model",
    () => chooseModel(modelName, io.env),
    ({ id, folder }) => `${id} in ${folder}`,
  );
  const isReady = addon !== null && runtime !== null && model !== null;
  const probe = isReady
    ? await check(
        "devices",
        () => probeDevices(model, runtime.path),
        ({ device, loadMs }) => `${device}, ready in ${Math.round(loadMs)} ms`,
      )
    : null;
  const testFill =
    probe === null
      ? null
      : await check(
          "test fill",
          () => tryFill(modelName),
          ({ ms, notes }) => `4 bars, ${notes} notes in ${Math.round(ms)} ms`,
        );
  // Loaded only where it is needed: other commands start faster without.
  const [{ examineTelemetry }, { examineDaemon }, { examineHosts }] = await Promise.all([
    import("./doctor/telemetry.ts"),
    import("./doctor/daemon.ts"),
    import("./doctor/hosts.ts"),
  ]);
  const telemetry = examineTelemetry(io.env, options.removeTelemetry ?? false);
  checks.push(...[telemetry, ...(await examineDaemon(io.env)), ...examineHosts(io.env)].map(checkOf));
  return {
    isOk: checks.every((item) => item.isOk),
    version: VERSION,
    platform: platformName(),
    node,
    addon,
    runtime,
    devices: probe?.devices ?? [],
    model,
    testFill,
    checks,
  };
}

/** Fill four bars of a small song in a folder that is removed again. */
async function tryFill(model: string | undefined): Promise<{ ms: number; notes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "continuo-doctor-"));
  try {
    const input = await writeTestSong(folder);
    const { answer } = await fillFile({
      file: {
        input,
        output: join(folder, "out.mid"),
        track: { number: 1 },
        region: { bars: { first: 3, last: 6 } },
      },
      mode: "fill",
      controls: {},
      sampling: { seed: 1 },
      engine: { device: "auto", ...(model === undefined ? {} : { model }) },
    });
    return { ms: answer.timings.totalMs, notes: answer.candidates[0]?.notes.length ?? 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
