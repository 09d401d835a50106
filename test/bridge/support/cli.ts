/**
 * Runs the real program in a process of its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

export const PROGRAM = resolve("dist/cli.js");

export interface Result {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What standard input has; nothing where left out. */
  input?: string | Buffer;
}

/** Start `continuo ARGS`; the user's own models and colours are out of the way. */
export function startCli(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: { ...env, CONTINUO_HOME: join(tmpdir(), "continuo-no-home"), ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // It may end before it has read all.
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input);
  return child;
}

export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return finish(startCli(args, options));
}

/** Everything that the program prints, once it has ended. */
export function finish(child: ChildProcess): Promise<Result> {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output.stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (exitCode) => done({ exitCode, ...output }));
  });
}

/** A folder that is gone at the end, of the test where left out. */
export function temporaryFolder(onEnd: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-test-"));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The code of `error[CODE]: ...`, which must be the only line. */
export function errorCode(stderr: string): string {
  const [, code, rest] = /^error\[([A-Z0-9_]+)\]: [^\n]+\n([\s\S]*)$/.exec(stderr) ?? [];
  if (code === undefined || rest !== "") throw new Error(`stderr is not one error line: ${stderr}`);
  return code;
}
