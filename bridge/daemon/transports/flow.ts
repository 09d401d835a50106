/**
 * How much one connection may have in hand: its requests are answered side by side, and no more are taken from
 * it while many are open or while it does not read its answers.
 */
import { type Session, SLOW_BYTES, type Wire } from "../session.ts";

/** A client that asks for all its fills at once has less. */
const OPEN_REQUESTS = 128;
const LOOK_MS = 20;

export class Flow {
  private readonly wire: Wire;
  private readonly session: Session;
  private open = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(wire: Wire, session: Session) {
    [this.wire, this.session] = [wire, session];
  }

  /** Answer a request and send what it gives. */
  async serve(answer: () => Promise<string | undefined>): Promise<void> {
    this.open += 1;
    this.slowDown();
    try {
      const text = await answer();
      if (text !== undefined) this.session.tell(text);
    } catch {
      // No answer that could be sent, such as one longer than a string can be.
      this.wire.destroy();
    } finally {
      this.open -= 1;
      this.slowDown();
    }
  }

  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private get isTooMuch(): boolean {
    return this.open >= OPEN_REQUESTS || this.wire.bufferedBytes() > SLOW_BYTES;
  }

  /** Neither sockets nor WebSockets tell of both reasons, so this is looked at anew. */
  private slowDown(): void {
    if (this.timer !== undefined || this.session.gone.aborted || !this.isTooMuch) return;
    this.wire.pause();
    this.timer = setInterval(() => {
      if (this.isTooMuch && !this.session.gone.aborted) return;
      this.end();
      this.wire.resume();
    }, LOOK_MS);
    this.timer.unref();
  }
}
