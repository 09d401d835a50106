/**
 * Runs the real daemon in a process and a home folder of its own, until the test ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { finish, PROGRAM, type Result } from "../../bridge/support/cli.ts";
import { PATIENT_MS } from "./wait.ts";

export interface DaemonOptions {
  /** config.json; the small model where it names none. */
  config?: Record<string, unknown>;
  args?: readonly string[];
  home?: string;
  env?: NodeJS.ProcessEnv;
  /** Another program that starts it, such as one that limits it. */
  prefix?: readonly string[];
  /** In place of the one that was built here. */
  program?: string;
  /** What is called at the end; of the test where left out. */
  onEnd?: (stop: () => Promise<void>) => void;
}

export interface TestDaemon {
  url: string;
  port: number;
  tcpPort: number;
  folder: string;
  home: string;
  pid: number;
  child: ChildProcess;
  /** Everything that it said, once it has ended. */
  ended: Promise<Result>;
  /** End it as a system does, and wait. */
  stop(): Promise<void>;
  /** As its file says now. */
  token(): string;
  log(): string;
}

/** A home that is gone at the end, with the small model in it. */
export function newHome(onEnd: (remove: () => Promise<void>) => void = onTestFinished): string {
  const home = mkdtempSync(join(tmpdir(), "continuo-e2e-"));
  onEnd(async () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  importModel(inject("tinyModel"), {
    name: "tiny",
    licence: "none",
    source: "random weights",
    env: { CONTINUO_HOME: home },
  });
  return home;
}

/** Start `continuo serve` and wait for its ready line. */
export async function startDaemon(options: DaemonOptions = {}): Promise<TestDaemon> {
  const onEnd = options.onEnd ?? onTestFinished;
  const home = options.home ?? newHome(onEnd);
  const child = spawnDaemon(home, options);
  const ended = finish(child);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENT_MS);
    await ended;
    clearTimeout(timer);
  };
  onEnd(stop);
  const ready = await readyLine(child, ended);
  return {
    ...ready,
    port: Number(new URL(ready.url).port),
    home,
    child,
    ended,
    stop,
    token: () => readFileSync(join(home, "token"), "utf8").trim(),
    log: () => readLog(home),
  };
}

/** The process alone, for starts that are meant to fail. */
export function spawnDaemon(home: string, options: DaemonOptions = {}): ChildProcess {
  mkdirSync(home, { recursive: true });
  const config = { model: "tiny", ...options.config };
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  const { FORCE_COLOR: _, ...env } = process.env;
  const [program = process.execPath, ...before] = [...(options.prefix ?? []), process.execPath];
  const args = [
    options.program ?? PROGRAM,
    "serve",
    "--port",
    "0",
    "--tcp-port",
    "0",
    "--json",
    ...(options.args ?? []),
  ];
  return spawn(program, [...before, ...args], {
    // No test opens the browser of who runs it.
    env: { ...env, CONTINUO_HOME: home, CONTINUO_BROWSER: "", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

interface Ready {
  url: string;
  tcpPort: number;
  folder: string;
  pid: number;
}

async function readyLine(child: ChildProcess, ended: Promise<Result>): Promise<Ready> {
  let text = "";
  const line = new Promise<Ready>((resolve) => {
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(JSON.parse(text));
    });
  });
  const early = ended.then(({ stderr }) => {
    throw new Error(`the daemon ended before it was ready: ${stderr}`);
  });
  return Promise.race([line, early]);
}

function readLog(home: string): string {
  const folder = join(home, "logs");
  if (!existsSync(folder)) return "";
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}
