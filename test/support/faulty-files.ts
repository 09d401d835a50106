/**
 * Makes calls of the file system fail, as a full disk or a process with too many open files does: the product's
 * own imports of node:fs are replaced, so no call of it is left out.
 */
import fs from "node:fs";
import fsp, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { devNull } from "node:os";

export const FAULTS = ["ENOSPC", "EIO", "EMFILE", "EACCES"] as const;
export type Fault = (typeof FAULTS)[number];

type Call = (...args: unknown[]) => unknown;

const SYNC = [
  "readdirSync",
  "readFileSync",
  "statSync",
  "openSync",
  "mkdirSync",
  "rmSync",
  "utimesSync",
] as const;
const BY_DESCRIPTOR = ["readSync", "fstatSync"] as const;
const PROMISES = [
  ...["open", "readFile", "writeFile", "mkdir", "rename", "rm", "link", "unlink", "stat", "copyFile"],
] as const;
const OF_HANDLE = [
  "read",
  "appendFile",
  "writeFile",
  "datasync",
  "sync",
  "truncate",
  "stat",
  "close",
] as const;

export class FaultyFiles {
  /** Calls below the folder so far. */
  calls = 0;
  /** What failed, as "call path". */
  readonly failed: string[] = [];
  private readonly folder: string;
  private readonly shouldFail: (call: number) => Fault | undefined;
  private readonly undo: (() => void)[] = [];
  private readonly paths = new WeakMap<object, string>();
  private readonly descriptors = new Map<number, string>();

  private constructor(folder: string, shouldFail: (call: number) => Fault | undefined) {
    [this.folder, this.shouldFail] = [folder, shouldFail];
  }

  /** @param shouldFail  gets the number of a call, from 1 */
  static async install(
    folder: string,
    shouldFail: (call: number) => Fault | undefined,
  ): Promise<FaultyFiles> {
    const faulty = new FaultyFiles(folder, shouldFail);
    const handle = await fsp.open(devNull);
    const prototype = Object.getPrototypeOf(handle) as object;
    await handle.close();
    for (const name of SYNC) faulty.replace(fs, name, (args) => String(args[0]));
    for (const name of BY_DESCRIPTOR) {
      faulty.replace(fs, name, (args) => faulty.descriptors.get(args[0] as number));
    }
    for (const name of PROMISES) faulty.replace(fsp, name, (args) => String(args[0]));
    for (const name of OF_HANDLE) faulty.replace(prototype, name, (_, self) => faulty.paths.get(self));
    syncBuiltinESMExports();
    return faulty;
  }

  restore(): void {
    for (const undo of this.undo) undo();
    syncBuiltinESMExports();
  }

  private replace(
    owner: object,
    name: string,
    pathOf: (args: unknown[], self: object) => string | undefined,
  ): void {
    const original = Reflect.get(owner, name) as Call;
    const faulty = this;
    const isSync = name.endsWith("Sync");
    function replaced(this: object, ...args: unknown[]): unknown {
      const path = pathOf(args, this);
      if (path?.startsWith(faulty.folder) !== true) return original.apply(this, args);
      faulty.calls += 1;
      const fault = faulty.shouldFail(faulty.calls);
      if (fault === undefined) return faulty.remember(path, original.apply(this, args));
      faulty.failed.push(`${name} ${path}`);
      const error = Object.assign(new Error(`${fault}: injected, ${name}`), { code: fault, syscall: name });
      if (isSync) throw error;
      return faulty.failLate(name, original, this, args, error);
    }
    Reflect.set(owner, name, replaced);
    this.undo.push(() => void Reflect.set(owner, name, original));
  }

  /** Writes fail in the middle, and a handle is closed also where that fails. */
  private async failLate(
    name: string,
    original: Call,
    self: object,
    args: unknown[],
    error: Error,
  ): Promise<never> {
    const [content] = args;
    if (name === "appendFile" || (name === "writeFile" && content instanceof Uint8Array)) {
      const bytes = content as Uint8Array;
      await original.call(self, bytes.subarray(0, Math.ceil(bytes.length / 2)));
    }
    if (name === "close") await original.apply(self, args);
    throw error;
  }

  private remember(path: string, result: unknown): unknown {
    if (typeof result === "number") this.descriptors.set(result, path);
    if (!(result instanceof Promise)) return result;
    return result.then((value) => {
      if (isHandle(value)) this.paths.set(value, path);
      return value;
    });
  }
}

function isHandle(value: unknown): value is FileHandle {
  return typeof value === "object" && value !== null && "datasync" in value;
}
