// A daemon of its own for a measurement, in a home that nothing else uses.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, StepError } from "../steps/run.mjs";
import { openWebSocket } from "./daemon-clients.mjs";

/** @returns {url, port, tcpPort, folder, pid, token, stop} once it says that it is ready */
export async function startDaemon(home, workers) {
  // Every result of a load is asked for soon, so little is kept.
  writeFileSync(join(home, "config.json"), JSON.stringify({ workers, keepMegabytes: 4, device: "cpu" }));
  const args = [join(root, "dist", "cli.js"), "serve", "--port", "0", "--tcp-port", "0", "--json"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, CONTINUO_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.endsWith("\n")) resolve(JSON.parse(text));
    });
    void ended.then(() => reject(new StepError("the daemon ended before it was ready")));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const token = readFileSync(join(home, "token"), "utf8").trim();
  return { ...ready, port: Number(new URL(ready.url).port), token, stop };
}

/** From the start of the process to the notes of a first fill. */
export async function timeToFirstFill(home, request) {
  const began = performance.now();
  const daemon = await startDaemon(home, 1);
  try {
    const client = await openWebSocket(daemon);
    await client.call("fill/run", request);
    client.close();
    return performance.now() - began;
  } finally {
    await daemon.stop();
  }
}

/** Resident memory of a process; Linux alone says it of others. */
export function residentMib({ pid }) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
