/**
 * Reads messages: small ones at once, large ones in a thread, in the order in which a client sent them.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { BridgeError } from "../../bridge-error.ts";
import { installFolder } from "../../instance/folders.ts";
import { byteLength, movable, type Pieces, textOf } from "./bytes.ts";
import { type Decoded, decode, type MessageKind } from "./decode.ts";

/** Read in about 3 ms, which nobody notices; the way to a thread and back costs a fraction of one. */
const LARGE_BYTES = 256 * 1024;
/** Of messages that wait for the thread, all clients together. */
const WAITING_BYTES = 128 * 1024 * 1024;
/** Memory that the largest message takes as objects, several times over. */
const THREAD_MIB = 1_536;
/** Then the thread is ended: its heap keeps what the largest message took. */
const REST_MS = 10_000;
const RETRY_MS = 1_000;

interface Task {
  pieces: Pieces;
  what: MessageKind;
  bytes: number;
  resolve: (decoded: Decoded) => void;
  reject: (error: BridgeError) => void;
}

export class MessageReader {
  private readonly turns = new WeakMap<object, Promise<unknown>>();
  private readonly waiting: Task[] = [];
  private waitingBytes = 0;
  private current: Task | undefined;
  private worker: Worker | undefined;
  private rest: NodeJS.Timeout | undefined;

  /**
   * Read a message. The pieces must not be used any more.
   * @param client  whose messages stay in their order
   * @throws BridgeError BUSY, MESSAGE_TOO_LARGE where it has more in it than memory
   */
  read(pieces: Pieces, what: MessageKind, client: object): Decoded | Promise<Decoded> {
    const before = this.turns.get(client);
    const bytes = byteLength(pieces);
    if (bytes <= LARGE_BYTES) {
      if (before === undefined) return decode(textOf(pieces), what);
      return before.then(() => decode(textOf(pieces), what));
    }
    const read = this.give(pieces, what, bytes);
    const turn = Promise.allSettled([before, read]);
    this.turns.set(client, turn);
    void turn.then(() => {
      if (this.turns.get(client) === turn) this.turns.delete(client);
    });
    return before === undefined ? read : before.then(() => read);
  }

  close(): void {
    clearTimeout(this.rest);
    const gone = new BridgeError(
      "SHUTTING_DOWN",
      "the daemon is shutting down; start it again with continuo serve",
      {
        retryable: true,
      },
    );
    for (const { reject } of this.waiting.splice(0)) reject(gone);
    this.current?.reject(gone);
    this.current = undefined;
    void this.worker?.terminate();
    this.worker = undefined;
  }

  private give(pieces: Pieces, what: MessageKind, bytes: number): Promise<Decoded> {
    if (this.waitingBytes + bytes > WAITING_BYTES) {
      return Promise.reject(
        new BridgeError(
          "BUSY",
          `${this.waiting.length} large messages wait; try again in ${RETRY_MS / 1000} s, or send less context`,
          { data: { retryAfterMs: RETRY_MS }, retryable: true },
        ),
      );
    }
    this.waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.waiting.push({ pieces: movable(pieces), what, bytes, resolve, reject });
      this.pump();
    });
  }

  private pump(): void {
    if (this.current !== undefined) return;
    const task = this.waiting.shift();
    if (task === undefined) {
      this.rest = setTimeout(() => this.restNow(), REST_MS);
      this.rest.unref();
      return;
    }
    clearTimeout(this.rest);
    this.current = task;
    this.worker ??= this.begin();
    const { pieces, what } = task;
    this.worker.postMessage(
      { pieces, what },
      pieces.map((piece) => piece.buffer as ArrayBuffer),
    );
  }

  private begin(): Worker {
    const worker = new Worker(join(installFolder(), "dist", "reader-thread.js"), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MIB },
    });
    worker.unref();
    worker.on("message", (decoded: Decoded) => this.end(worker, (task) => task.resolve(decoded)));
    // Mostly for want of memory, which ends the thread alone.
    worker.on("error", (cause) => {
      const error = new BridgeError(
        "MESSAGE_TOO_LARGE",
        `the message could not be read (${cause instanceof Error ? cause.message : String(cause)}); send only what is near the region`,
        { cause },
      );
      if (this.worker === worker) this.worker = undefined;
      this.end(worker, (task) => task.reject(error));
    });
    return worker;
  }

  private end(worker: Worker, settle: (task: Task) => void): void {
    const task = this.current;
    // A thread that was replaced has nothing to say any more.
    if (task === undefined || (this.worker !== undefined && this.worker !== worker)) return;
    this.current = undefined;
    this.waitingBytes -= task.bytes;
    settle(task);
    this.pump();
  }

  private restNow(): void {
    void this.worker?.terminate();
    this.worker = undefined;
  }
}
