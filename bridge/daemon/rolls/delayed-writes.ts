/**
 * Files written shortly after their content changes, each atomically: many changes make one write.
 */
import { rename, writeFile } from "node:fs/promises";

/** A musician who drags a note makes many changes. */
const WRITE_MS = 200;

interface FileContent {
  readonly path: string;
  readonly text: string;
}

interface Waiting {
  readonly files: () => readonly FileContent[];
  readonly timer: NodeJS.Timeout;
}

export class DelayedWrites {
  private readonly onProblem: (reason: string) => void;
  private readonly waiting = new Map<string, Waiting>();
  /** The last write of each key, so that none overtakes another. */
  private readonly writing = new Map<string, Promise<void>>();

  /** @param onProblem  hears of what could not be written */
  constructor(onProblem: (reason: string) => void) {
    this.onProblem = onProblem;
  }

  /** @param files  asked for when they are written, in this order */
  later(key: string, files: () => readonly FileContent[]): void {
    if (this.waiting.has(key)) return;
    const timer = setTimeout(() => void this.write(key), WRITE_MS);
    this.waiting.set(key, { files, timer });
  }

  isWaiting(key: string): boolean {
    return this.waiting.has(key) || this.writing.has(key);
  }

  /** What waits is not written. @returns when nothing is being written any more */
  async cancel(key: string): Promise<void> {
    clearTimeout(this.waiting.get(key)?.timer);
    this.waiting.delete(key);
    await this.writing.get(key);
  }

  /** Write what waits. */
  async close(): Promise<void> {
    await Promise.all([...this.waiting.keys()].map((key) => this.write(key)));
  }

  private async write(key: string): Promise<void> {
    const waiting = this.waiting.get(key);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(key);
    const before = this.writing.get(key) ?? Promise.resolve();
    const written = before.then(() => this.writeNow(waiting.files));
    this.writing.set(key, written);
    await written;
    if (this.writing.get(key) === written) this.writing.delete(key);
  }

  private async writeNow(files: () => readonly FileContent[]): Promise<void> {
    try {
      for (const { path, text } of files()) await replaceFile(path, text);
    } catch (thrown) {
      this.onProblem(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
}

/** Write a file beside its old one and put it in that one's place. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  await rename(`${path}.part`, path);
}
