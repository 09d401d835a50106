/**
 * One daemon a user: a file that says where it runs, taken over when its owner is no more.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "../engine/places.ts";

const LOCK_FILE = "daemon.json";
/** A lock that is still empty after this time belongs to nobody. */
const BIRTH_MS = 2_000;

export const instanceSchema = z.strictObject({
  pid: z.int().positive(),
  /** Tells it from a later process with the same number, where the system says it. */
  startedAt: z.string(),
  url: z.string(),
  tcpPort: z.int(),
  folder: z.string().nullable(),
  version: z.string(),
});
/** Where a daemon is to be found. */
export type Instance = z.infer<typeof instanceSchema>;

export function lockPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), LOCK_FILE);
}

/** The daemon that runs, if one does. */
export function findInstance(env: NodeJS.ProcessEnv = process.env): Instance | undefined {
  const instance = read(lockPath(env));
  return instance !== undefined && isAlive(instance) ? instance : undefined;
}

export class Lock {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Take the lock. @throws BridgeError ALREADY_RUNNING, HOME_NOT_WRITABLE */
  static take(env: NodeJS.ProcessEnv = process.env): Lock {
    const path = lockPath(env);
    try {
      mkdirSync(homeFolder(env), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw notWritable(path, cause);
    }
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        closeSync(openSync(path, "wx", 0o600));
        return new Lock(path);
      } catch (cause) {
        if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST"))
          throw notWritable(path, cause);
      }
      const other = read(path);
      if (other !== undefined ? isAlive(other) : isBeingBorn(path)) throw alreadyRunning(other);
      // Renamed before it is removed: of two that find it stale only one gets it.
      const stale = `${path}.${process.pid}.stale`;
      try {
        renameSync(path, stale);
        rmSync(stale, { force: true });
      } catch {
        // Another was faster; the next attempt sees what it did.
      }
    }
    throw alreadyRunning(read(path));
  }

  /** Say where the daemon is to be found. */
  publish(instance: Omit<Instance, "pid" | "startedAt">): void {
    const whole: Instance = { pid: process.pid, startedAt: startOf(process.pid) ?? "", ...instance };
    const file = openSync(`${this.path}.part`, "w", 0o600);
    try {
      writeSync(file, `${JSON.stringify(whole)}\n`);
    } finally {
      closeSync(file);
    }
    renameSync(`${this.path}.part`, this.path);
  }

  release(): void {
    const instance = read(this.path);
    if (instance === undefined || instance.pid === process.pid) rmSync(this.path, { force: true });
  }
}

function read(path: string): Instance | undefined {
  try {
    const instance = instanceSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return instance.success ? instance.data : undefined;
  } catch {
    return undefined;
  }
}

function isBeingBorn(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < BIRTH_MS;
  } catch {
    return false;
  }
}

function isAlive({ pid, startedAt }: Instance): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // Of another user, then: alive all the same.
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPERM")) return false;
  }
  const start = startOf(pid);
  return start === undefined || startedAt === "" || start === startedAt;
}

/** When a process began, in the system's own words; undefined where it does not say. */
function startOf(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The 22nd field; the second is a name in brackets that may hold anything.
    const state = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state[0] === "Z" ? "" : state[19];
  } catch {
    return undefined;
  }
}

function alreadyRunning(other: Instance | undefined): BridgeError {
  const where = other === undefined ? "" : ` at ${other.url} (process ${other.pid})`;
  return new BridgeError(
    "ALREADY_RUNNING",
    `a daemon runs already${where}; use it, or end it with continuo stop`,
    {
      data: other === undefined ? {} : { pid: other.pid, url: other.url },
    },
  );
}

function notWritable(path: string, cause: unknown): BridgeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BridgeError(
    "HOME_NOT_WRITABLE",
    `${path} cannot be written (${reason}); set CONTINUO_HOME to a folder of yours`,
    {
      data: { path },
      cause,
    },
  );
}
