/**
 * The songs that are put into a folder, each once it is complete, and again when it is exported again.
 */
import { type FSWatcher, watch } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { isMidiName } from "../music/midi-files.ts";
import { isOwnOutput } from "./output-names.ts";

/** A file that has not changed for so long is complete: DAWs write one in a few milliseconds. */
const SETTLE_MS = 400;
/** Not every file system tells of changes. */
const POLL_MS = 1_000;

interface SongsOptions {
  /** Also those that are there at the start. */
  existing: boolean;
  signal: AbortSignal;
  /** Milliseconds, from whenever. */
  now?: () => number;
}

interface Seen {
  stamp: string;
  sinceMs: number;
  isTaken: boolean;
}

/**
 * Names in the folder, from the state that it has now; ends when the signal aborts.
 * @throws BridgeError WATCH_FOLDER_MISSING; the generator WATCH_FOLDER_GONE
 */
export async function openSongs(
  folder: string,
  { existing, signal, now = () => performance.now() }: SongsOptions,
): Promise<AsyncGenerator<string>> {
  const seen = new Map<string, Seen>();
  for (const [name, stamp] of await look(folder, "WATCH_FOLDER_MISSING")) {
    seen.set(name, { stamp, sinceMs: now(), isTaken: !existing });
  }
  return songsSince(seen, folder, { signal, now });
}

async function* songsSince(
  seen: Map<string, Seen>,
  folder: string,
  { signal, now }: { signal: AbortSignal; now: () => number },
): AsyncGenerator<string> {
  const alarm = new Alarm(folder, signal);
  try {
    while (!signal.aborted) {
      const found = await look(folder, "WATCH_FOLDER_GONE");
      for (const name of seen.keys()) if (!found.has(name)) seen.delete(name);
      for (const [name, stamp] of found) {
        if (signal.aborted) return;
        const before = seen.get(name);
        if (before?.stamp !== stamp) {
          seen.set(name, { stamp, sinceMs: now(), isTaken: false });
        } else if (!before.isTaken && now() - before.sinceMs >= SETTLE_MS) {
          before.isTaken = true;
          yield name;
        }
      }
      const isWaiting = [...seen.values()].some(({ isTaken }) => !isTaken);
      await alarm.wait(isWaiting ? SETTLE_MS / 2 : POLL_MS);
    }
  } finally {
    alarm.close();
  }
}

/** Every song with a mark of its present state. One without a byte is yet to be written. */
async function look(folder: string, code: string): Promise<Map<string, string>> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError(
      code,
      `${folder} cannot be read as a folder (${reason}); make it, or name another one`,
      { data: { folder }, cause },
    );
  }
  const found = new Map<string, string>();
  for (const name of names) {
    // Programs, macOS among them, keep notes about a file in one whose name starts with a dot.
    if (!isMidiName(name) || isOwnOutput(name)) continue;
    // Links are left alone, and deleted files are skipped.
    const file = await lstat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (file?.isFile() && file.size > 0n) found.set(name, `${file.ino} ${file.size} ${file.mtimeNs}`);
  }
  return found;
}

/** Waits for a change in the folder, for the signal, or for time to pass. */
class Alarm {
  private readonly signal: AbortSignal;
  private watcher: FSWatcher | undefined;
  private ring = () => {};
  private isRung = false;

  constructor(folder: string, signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener("abort", this.onChange, { once: true });
    try {
      this.watcher = watch(folder, this.onChange);
      this.watcher.on("error", () => this.watcher?.close());
    } catch {
      // Polling alone, then.
    }
  }

  /** A change wakes early but not at once: it is rarely alone. */
  async wait(ms: number): Promise<void> {
    const sleep = (sleepMs: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, sleepMs);
        this.ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    if (!this.isRung && !this.signal.aborted) await sleep(ms);
    if (this.isRung && !this.signal.aborted) await sleep(SETTLE_MS / 4);
    this.isRung = false;
  }

  close(): void {
    this.watcher?.close();
    this.signal.removeEventListener("abort", this.onChange);
  }

  private readonly onChange = () => {
    this.isRung = true;
    this.ring();
  };
}
