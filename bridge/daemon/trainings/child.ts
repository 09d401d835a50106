/**
 * A process that works for a training: this program, started again at low priority. It is told to end by
 * the end of the channel to it, which every system has, and which ends too if the daemon is killed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { installFolder } from "../../instance/folders.ts";

const SAID_FILE = "said.log";
const TOLD_CHARACTERS = 300;

export class Child {
  readonly pid: number | null;
  /** Resolves at its end: undefined where it did what it should, or ended on request. */
  readonly ended: Promise<BridgeError | undefined>;
  private readonly process: ChildProcess;
  private isStopping = false;

  /** @param folder  of the run, for what the program says */
  constructor(args: readonly string[], folder: string, env: NodeJS.ProcessEnv) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const said = join(folder, SAID_FILE);
    // A file, since a pipe to a daemon that is gone would end the training with it.
    const out = openSync(said, "w", 0o600);
    this.process = spawn(process.execPath, [join(installFolder(), "dist", "cli.js"), ...args], {
      // A group of its own: Ctrl-C in the daemon's terminal is the daemon's to pass on.
      detached: true,
      stdio: ["ignore", "ignore", out, "ipc"],
      windowsHide: true,
      env,
    });
    closeSync(out);
    this.pid = this.process.pid ?? null;
    if (this.pid !== null) lowerPriority(this.pid);
    this.ended = new Promise((resolve) => {
      this.process.once("error", (cause) => resolve(failure(cause.message)));
      this.process.once("exit", (code, signal) => {
        const isWell = code === 0 || this.isStopping;
        resolve(isWell ? undefined : failureOf(said, code ?? signal));
      });
    });
  }

  /** It writes a checkpoint and ends. */
  end(): void {
    this.isStopping = true;
    if (this.process.connected) this.process.disconnect();
  }

  /** Let the daemon end without it. */
  leave(): void {
    this.end();
    this.process.unref();
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us; it trains all the same.
  }
}

/** The error that the program printed: `error[CODE]: message`. */
function failureOf(said: string, how: string | number | null): BridgeError {
  let text = "";
  try {
    text = readFileSync(said, "utf8");
  } catch {
    // Then nothing more is known than that it failed.
  }
  const [, code, message] = [...text.matchAll(/^error\[([A-Z0-9_]+)\]: (.+)$/gm)].at(-1) ?? [];
  if (code !== undefined && message !== undefined) return new BridgeError(code, message);
  return failure(text.trim().slice(-TOLD_CHARACTERS) || `it ended with ${how}`);
}

function failure(reason: string): BridgeError {
  return new BridgeError(
    "TRAINING_FAILED",
    `the training ended by itself (${reason}); resume it, it goes on from its last checkpoint`,
  );
}
