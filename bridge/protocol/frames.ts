/**
 * Frames on a byte stream: 4 bytes of length, big-endian, then that many bytes of UTF-8 JSON. Bitwig's
 * controller scripts speak it by themselves (host.connectToRemoteHost).
 */
import { BridgeError } from "../bridge-error.ts";

const HEADER_BYTES = 4;
/** Chunks of a stream that comes in crumbs are joined, many at a time: each has a cost beside its bytes. */
const CRUMB_BYTES = 1024;
const CRUMBS = 256;

export function encodeFrame(text: string): Buffer {
  const body = Buffer.from(text, "utf8");
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, HEADER_BYTES);
  return frame;
}

/** Cuts a stream into frames; keeps no more than one frame of at most `limit` bytes. */
export class FrameDecoder {
  limit: number;
  private chunks: Buffer[] = [];
  private bytes = 0;
  /** How many at the end are crumbs. */
  private crumbs = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether a frame has begun and is not whole. */
  get isInside(): boolean {
    return this.bytes > 0;
  }

  /**
   * Take bytes from the stream; calls back with each whole frame's text.
   * @throws BridgeError MESSAGE_TOO_LARGE as soon as a length says so, before its bytes are kept
   */
  push(chunk: Buffer, onFrame: (text: string) => void): void {
    this.pushBytes(chunk, (pieces) => onFrame(Buffer.concat(pieces).toString("utf8")));
  }

  /** The same, with each frame's bytes as they came. */
  pushBytes(chunk: Buffer, onFrame: (pieces: Buffer[]) => void): void {
    this.keep(chunk);
    while (this.bytes >= HEADER_BYTES) {
      const length = this.peekLength();
      if (length > this.limit) {
        throw new BridgeError(
          "MESSAGE_TOO_LARGE",
          `a frame of ${length} bytes was begun, the limit is ${this.limit}; send less context`,
          { data: { bytes: length, limit: this.limit } },
        );
      }
      if (this.bytes < HEADER_BYTES + length) return;
      this.take(HEADER_BYTES);
      onFrame(this.take(length));
    }
  }

  private keep(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.crumbs = chunk.length < CRUMB_BYTES ? this.crumbs + 1 : 0;
    if (this.crumbs < CRUMBS) return;
    this.chunks.push(Buffer.concat(this.chunks.splice(-CRUMBS)));
    this.crumbs = 0;
  }

  /** The first so many bytes, without copying them. */
  private take(count: number): Buffer[] {
    const taken: Buffer[] = [];
    let [left, used] = [count, 0];
    for (const chunk of this.chunks) {
      if (left === 0) break;
      taken.push(chunk.subarray(0, left));
      if (chunk.length > left) {
        this.chunks[used] = chunk.subarray(left);
        left = 0;
      } else {
        left -= chunk.length;
        used += 1;
      }
    }
    this.chunks.splice(0, used);
    this.bytes -= count;
    this.crumbs = Math.min(this.crumbs, this.chunks.length);
    return taken;
  }

  private peekLength(): number {
    const [first] = this.chunks;
    if (first !== undefined && first.length >= HEADER_BYTES) return first.readUInt32BE(0);
    // The head itself came in pieces.
    return Buffer.concat(this.chunks.slice(0, HEADER_BYTES)).readUInt32BE(0);
  }
}
