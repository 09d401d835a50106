/**
 * Flow control of one connection: its requests are answered concurrently, and no more are read while many are open or
 * while it does not read its answers. Requests received in one piece with others wait.
 */
import { type Session, SLOW_BYTES, type Wire } from "../messages/session.ts";

type Answer = () => Promise<string | undefined>;

/** A client that asks for all its fills at once has less. */
const OPEN_REQUESTS = 96;
/** Neither sockets nor WebSockets tell of all that matters, so it is looked at so often. */
const LOOK_MS = 5;

export class Flow {
  private readonly wire: Wire;
  private readonly session: Session;
  /** Requests that were begun and whose answers are not sent. */
  private open = 0;
  private readonly waiting: Answer[] = [];
  private readonly texts: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(wire: Wire, session: Session) {
    [this.wire, this.session] = [wire, session];
  }

  /** Answer a request and send what it gives, as soon as there is room for both. */
  serve(answer: Answer): void {
    this.waiting.push(answer);
    this.pump();
  }

  end(): void {
    this.waiting.length = 0;
    this.texts.length = 0;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private get isTooMuch(): boolean {
    return this.open >= OPEN_REQUESTS || this.isBehind;
  }

  private get isBehind(): boolean {
    return this.wire.bufferedBytes() > SLOW_BYTES;
  }

  private pump(): void {
    if (this.session.gone.aborted) {
      this.end();
      return;
    }
    for (let text = this.next(this.texts, this.isBehind); text !== undefined; ) {
      this.session.tell(text);
      this.open -= 1;
      text = this.next(this.texts, this.isBehind);
    }
    for (let answer = this.next(this.waiting, this.isTooMuch); answer !== undefined; ) {
      void this.begin(answer);
      answer = this.next(this.waiting, this.isTooMuch);
    }
    const isHeld = this.isTooMuch || this.waiting.length > 0 || this.texts.length > 0;
    if (isHeld && this.timer === undefined) {
      this.wire.pause();
      this.timer = setInterval(() => this.pump(), LOOK_MS);
      this.timer.unref();
    } else if (!isHeld && this.timer !== undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.wire.resume();
    }
  }

  private next<Item>(queue: Item[], isHeld: boolean): Item | undefined {
    return isHeld ? undefined : queue.shift();
  }

  private async begin(answer: Answer): Promise<void> {
    this.open += 1;
    try {
      const text = await answer();
      if (text === undefined) this.open -= 1;
      else this.texts.push(text);
      this.pump();
    } catch {
      // No answer that could be sent, such as one longer than a string can be.
      this.wire.destroy();
    }
  }
}
