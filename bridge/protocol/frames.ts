/**
 * Frames on a byte stream: 4 bytes of length, big-endian, then that many bytes of UTF-8 JSON. Bitwig's
 * controller scripts speak it by themselves (host.connectToRemoteHost).
 */
import { BridgeError } from "../bridge-error.ts";

const HEADER_BYTES = 4;

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
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    for (;;) {
      if (this.bytes < HEADER_BYTES) return;
      const length = this.peekLength();
      if (length > this.limit) {
        throw new BridgeError(
          "MESSAGE_TOO_LARGE",
          `a frame of ${length} bytes was begun, the limit is ${this.limit}; send less context`,
          { data: { bytes: length, limit: this.limit } },
        );
      }
      if (this.bytes < HEADER_BYTES + length) return;
      const all = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
      const rest = all.subarray(HEADER_BYTES + length);
      this.chunks = rest.length > 0 ? [rest] : [];
      this.bytes = rest.length;
      onFrame(all.toString("utf8", HEADER_BYTES, HEADER_BYTES + length));
    }
  }

  private peekLength(): number {
    let first = this.chunks[0] ?? Buffer.alloc(0);
    if (first.length < HEADER_BYTES) {
      first = Buffer.concat(this.chunks);
      this.chunks = [first];
    }
    return first.readUInt32BE(0);
  }
}
