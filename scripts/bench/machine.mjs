// On what the figures were taken.
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { firstLine, root } from "../steps/run.mjs";

export async function describeMachine() {
  const cores = cpus();
  const runtime = readFileSync(join(root, "node_modules", "onnxruntime-node", "package.json"), "utf8");
  return {
    processor: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${distribution() ?? type()}, kernel ${release()}`,
    node: process.versions.node,
    rust: firstLine("rustc", ["--version"]) ?? "unknown",
    onnxruntime: JSON.parse(runtime).version,
    busyShare: await busyShare(),
  };
}

function distribution() {
  const file = "/etc/os-release";
  if (!existsSync(file)) return undefined;
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync(file, "utf8"))?.[1];
}

/** Share of all cores that others use; figures from a busy machine are worth little. */
async function busyShare() {
  const times = () =>
    cpus().reduce(
      (sum, { times: { user, nice, sys, idle, irq } }) => ({
        idle: sum.idle + idle,
        all: sum.all + user + nice + sys + idle + irq,
      }),
      { idle: 0, all: 0 },
    );
  const before = times();
  await setTimeout(1500);
  const after = times();
  return Math.round((1 - (after.idle - before.idle) / (after.all - before.all)) * 100) / 100;
}
