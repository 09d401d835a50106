/**
 * The time that one message may take from its first byte to its last. Bytes that come in between do not prolong it.
 */
import { LIMITS } from "../../protocol/limits.ts";

export class TotalTime {
  private readonly onLate: () => unknown;
  private timer: NodeJS.Timeout | undefined;
  private whole = 0;

  /** @param onLate  hears that it was too long; "later" where we were not reading ourselves, which gives it as long again */
  constructor(onLate: () => unknown) {
    this.onLate = onLate;
  }

  /**
   * After bytes were read.
   * @param whole     messages that have been received whole
   * @param isInside  whether another one has begun
   */
  follow(whole: number, isInside: boolean): void {
    if (isInside && this.timer !== undefined && whole === this.whole) return;
    this.end();
    this.whole = whole;
    if (isInside) this.begin();
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private begin(): void {
    this.timer = setTimeout(() => {
      if (this.onLate() === "later") this.begin();
    }, LIMITS.idleMs);
    this.timer.unref();
  }
}
