/**
 * Where a stream of WebSocket frames is: how many messages were received whole, and whether another has begun. ws says
 * neither of what is not whole. Source: RFC 6455, section 5.2.
 */
const FINAL = 0x80;
const CONTROL = 0x08;
const MASKED = 0x80;
const LENGTH = 0x7f;
const MASK_BYTES = 4;
/** Of the lengths that say that the length follows, as 2 and as 8 bytes. */
const [SHORT_LENGTH, LONG_LENGTH] = [126, 127];
const MOST_HEAD_BYTES = 14;

export class MessageProgress {
  /** Messages, and control frames outside of them. */
  messages = 0;
  /** Frames of a message of several, the last of which has not come. */
  private isFragmented = false;
  private readonly head = Buffer.alloc(MOST_HEAD_BYTES);
  private headBytes = 0;
  /** Of the frame's payload. */
  private left = 0;

  /** Whether a message has begun and is not whole; also half a control frame. */
  get isInside(): boolean {
    return this.isFragmented || this.headBytes > 0;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length || this.isFrameWhole; ) {
      if (this.isFrameWhole) {
        this.endFrame();
      } else if (this.isHeadWhole) {
        const taken = Math.min(this.left, chunk.length - at);
        this.left -= taken;
        at += taken;
      } else {
        this.head[this.headBytes++] = chunk[at++] ?? 0;
        if (this.isHeadWhole) this.left = this.payloadBytes();
      }
    }
  }

  private get isHeadWhole(): boolean {
    return this.headBytes >= 2 && this.headBytes === this.wholeHeadBytes();
  }

  private get isFrameWhole(): boolean {
    return this.isHeadWhole && this.left === 0;
  }

  private wholeHeadBytes(): number {
    const second = this.head[1] ?? 0;
    const length = second & LENGTH;
    const more = length === SHORT_LENGTH ? 2 : length === LONG_LENGTH ? 8 : 0;
    return 2 + more + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
  }

  private payloadBytes(): number {
    const length = (this.head[1] ?? 0) & LENGTH;
    if (length === SHORT_LENGTH) return this.head.readUInt16BE(2);
    // More than a number can say is refused by ws.
    return length === LONG_LENGTH ? Number(this.head.readBigUInt64BE(2)) : length;
  }

  private endFrame(): void {
    const first = this.head[0] ?? 0;
    this.headBytes = 0;
    // Control frames may come between the frames of a message.
    if ((first & CONTROL) === 0) this.isFragmented = (first & FINAL) === 0;
    if (!this.isFragmented) this.messages += 1;
  }
}
