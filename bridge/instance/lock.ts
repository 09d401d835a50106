/**
 * One daemon a user: a file that says where it runs, taken over if its owner no longer exists.
 */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "./folders.ts";

const LOCK_FILE = "daemon.json";
const ATTEMPTS = 5;

const ownerSchema = z.object({
  pid: z.int().positive(),
  /** Tells it from a later process with the same number, where the system says it. */
  startedAt: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

export const instanceSchema = z.strictObject({
  ...ownerSchema.shape,
  url: z.string(),
  tcpPort: z.int(),
  folder: z.string().nullable(),
  version: z.string(),
});
/** Where a daemon is to be found. */
export type Instance = z.infer<typeof instanceSchema>;

function lockPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), LOCK_FILE);
}

/** The daemon that runs, if one does. */
export function findInstance(env: NodeJS.ProcessEnv = process.env): Instance | undefined {
  const instance = instanceSchema.safeParse(read(lockPath(env)));
  return instance.success && isAlive(instance.data) ? instance.data : undefined;
}

export class Lock {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Take the lock. @throws BridgeError ALREADY_RUNNING, HOME_NOT_WRITABLE */
  static take(env: NodeJS.ProcessEnv = process.env): Lock {
    const path = lockPath(env);
    // Written first and then linked, so that a lock always contains its owner.
    const own = `${path}.${process.pid}`;
    try {
      mkdirSync(homeFolder(env), { recursive: true, mode: 0o700 });
      writeFileSync(own, `${JSON.stringify(self())}\n`, { mode: 0o600 });
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (linkInPlace(own, path)) return new Lock(path);
        if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
          throw notWritable(path, new Error("it is a folder where a file belongs; remove it"));
        }
        const text = readText(path);
        if (text === undefined) continue;
        if (isAliveIn(text)) throw alreadyRunning(read(path));
        setAside(path, text);
      }
    } catch (cause) {
      throw cause instanceof BridgeError ? cause : notWritable(path, cause);
    } finally {
      // Where a file stands for the folder, removing fails too and would hide the reason.
      if (existsSync(own)) rmSync(own, { force: true });
    }
    throw alreadyRunning(read(path));
  }

  /**
   * Say where the daemon is to be found.
   * @throws BridgeError ALREADY_RUNNING where another took the lock for stale in the meantime
   */
  publish(instance: Omit<Instance, keyof Owner>): void {
    if (!this.isOwn()) throw alreadyRunning(read(this.path));
    const whole: Instance = { ...self(), ...instance };
    writeFileSync(`${this.path}.part`, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
    renameSync(`${this.path}.part`, this.path);
  }

  release(): void {
    if (this.isOwn()) rmSync(this.path, { force: true });
  }

  /**
   * Whether the lock is gone or another daemon's: its folder was removed, and may have been made again. What cannot be
   * read for a moment is no such sign.
   */
  isLost(): boolean {
    if (lstatSync(this.path, { throwIfNoEntry: false }) === undefined) return true;
    const owner = ownerSchema.safeParse(read(this.path));
    return owner.success && owner.data.pid !== process.pid;
  }

  private isOwn(): boolean {
    return ownerSchema.safeParse(read(this.path)).data?.pid === process.pid;
  }
}

/** @returns whether there was no lock, and this is it now */
function linkInPlace(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw cause;
  }
  // A file system without links.
  try {
    writeFileSync(path, readFileSync(own), { mode: 0o600, flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  }
}

/** Take a stale lock away, unless another did and its own is there now. */
function setAside(path: string, staleText: string): void {
  const stale = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, stale);
    if (readText(stale) !== staleText) linkInPlace(stale, path);
  } catch {
    // Another was faster; the next attempt sees what it did.
  }
  rmSync(stale, { force: true });
}

function self(): Owner {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function read(path: string): unknown {
  try {
    return JSON.parse(readText(path) ?? "");
  } catch {
    return undefined;
  }
}

function isAliveIn(text: string): boolean {
  try {
    const owner = ownerSchema.safeParse(JSON.parse(text));
    return owner.success && isAlive(owner.data);
  } catch {
    return false;
  }
}

function isAlive({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // Of another user, then: alive all the same.
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPERM")) return false;
  }
  const start = startOf(pid);
  // Where the system says when a process began, the lock of a daemon has it, and a process that has ended has no start.
  return start === undefined || (start !== "" && start === startedAt);
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

function alreadyRunning(found: unknown): BridgeError {
  const { pid, url } = instanceSchema.partial().safeParse(found).data ?? {};
  const where = pid === undefined ? "" : ` ${url === undefined ? "" : `at ${url} `}(process ${pid})`;
  return new BridgeError(
    "ALREADY_RUNNING",
    `a daemon runs already${where}; use it, or stop it with continuo stop`,
    { data: { ...(pid === undefined ? {} : { pid }), ...(url === undefined ? {} : { url }) } },
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
