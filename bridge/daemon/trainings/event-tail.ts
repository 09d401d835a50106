/**
 * The events of a run so far, read further as the file grows.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { runEventSchema } from "../../engine/train-schemas.ts";
import { emptyHistory, type History, record } from "../../training/history.ts";
import { EVENTS_FILE } from "../../training/recorder.ts";

const READ_BYTES = 1 << 20;

export class EventTail {
  /** Grows by each look. */
  history: History = emptyHistory();
  private readonly path: string;
  private offset = 0;
  /** Bytes after the last whole line. */
  private rest: Buffer = Buffer.alloc(0);

  constructor(run: string) {
    this.path = join(run, EVENTS_FILE);
  }

  /** Start over, as a resumed run does: it reports again what comes after its checkpoint. */
  restart(): void {
    this.history = emptyHistory();
    this.offset = 0;
    this.rest = Buffer.alloc(0);
  }

  /** Read what has come. @returns whether there was anything */
  look(): boolean {
    let file: number;
    try {
      file = openSync(this.path, "r");
    } catch {
      return false;
    }
    try {
      const { size } = fstatSync(file);
      if (size < this.offset) this.restart();
      const before = this.offset;
      while (this.offset < size) {
        const bytes = Buffer.alloc(Math.min(READ_BYTES, size - this.offset));
        const length = readSync(file, bytes, 0, bytes.length, this.offset);
        if (length === 0) break;
        this.offset += length;
        this.take(bytes.subarray(0, length));
      }
      return this.offset !== before;
    } finally {
      closeSync(file);
    }
  }

  private take(bytes: Buffer): void {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const end = all.lastIndexOf("\n") + 1;
    this.rest = Buffer.from(all.subarray(end));
    for (const line of all.toString("utf8", 0, end).split("\n")) {
      const event = runEventSchema.safeParse(parsed(line));
      if (event.success) record(this.history, event.data);
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
