// What an attack costs: the daemon's memory and the delay of its event loop, and how an honest client is served meanwhile.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { residentMib } from "../bench/daemon-process.mjs";
import { root } from "../steps/run.mjs";

const CALL_MS = 40;
const SAMPLE_MS = 50;
/** By then the daemon has given back what the attack took. */
const REST_MS = 5_000;
/** An honest client gives up after this. */
const PATIENCE_MS = 20_000;

/** @param begin  starts the attack and gives what stops it */
export async function measure(daemon, begin, attackMs) {
  const memory = { before: residentMib(daemon), peak: 0, after: 0 };
  const sampler = setInterval(() => {
    memory.peak = Math.max(memory.peak, residentMib(daemon));
  }, SAMPLE_MS);
  await resetLoop(daemon);
  const stop = await begin();
  const honest = await serveHonest(daemon, attackMs);
  const loopMs = await longestLoop(daemon);
  await stop();
  clearInterval(sampler);
  await sleep(REST_MS);
  memory.after = residentMib(daemon);
  return { memory, honest, loopMs };
}

export async function beginInProcess(name, { port, tcpPort }) {
  const path = join(root, "scripts", "attack", "attacker.mjs");
  const child = spawn(process.execPath, [path, name, String(port), String(tcpPort)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return async () => {
    const ended = once(child, "exit");
    child.stdin.end();
    await ended;
  };
}

/** New connections, one after the other, each of which asks for the status. */
async function serveHonest(daemon, ms) {
  const honest = { served: 0, failed: 0, times: [] };
  for (const end = performance.now() + ms; performance.now() < end; await sleep(CALL_MS)) {
    const began = performance.now();
    const isServed = await askStatus(daemon);
    honest.times.push(performance.now() - began);
    if (isServed) honest.served += 1;
    else honest.failed += 1;
  }
  honest.times.sort((a, b) => a - b);
  return honest;
}

export async function askStatus(daemon) {
  try {
    return JSON.parse(await ask(daemon, "/v1/get?method=status")).result.pid === daemon.pid;
  } catch {
    return false;
  }
}

function ask({ port, token }, path) {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, headers, agent: false, timeout: PATIENCE_MS },
      (answer) => {
        let text = "";
        answer.on("data", (chunk) => {
          text += chunk;
        });
        answer.on("end", () => resolve(text));
        answer.on("error", reject);
      },
    );
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}

/** The figures start anew when they are read (`/metrics`). */
async function resetLoop(daemon) {
  await ask(daemon, "/metrics");
}

async function longestLoop(daemon) {
  const text = await ask(daemon, "/metrics").catch(() => "");
  return Number(/^continuo_nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? Number.NaN) * 1e3;
}
