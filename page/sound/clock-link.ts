/**
 * The audio clock against the clock of the page. What the browser says of it is off by up to tens of milliseconds, one way
 * or the other, where the machine is busy; so it is followed slowly, and at once only where the audio stood still.
 */
import type { Seconds } from "../../bridge/music/time.ts";

const FOLLOW = 0.02;
const LARGEST_ERROR_MS = 150;

export class ClockLink {
  /** The page's milliseconds at second 0 of the audio clock. */
  private zeroMs: number | undefined;

  /** What the browser says: both clocks at one moment. */
  meet(seconds: Seconds, milliseconds: number): void {
    const zeroMs = milliseconds - 1000 * seconds;
    const error = this.zeroMs === undefined ? Number.POSITIVE_INFINITY : zeroMs - this.zeroMs;
    if (this.zeroMs === undefined || Math.abs(error) > LARGEST_ERROR_MS) this.zeroMs = zeroMs;
    else this.zeroMs += FOLLOW * error;
  }

  millisecondsAt(seconds: Seconds): number {
    return (this.zeroMs ?? 0) + 1000 * seconds;
  }

  secondsAt(milliseconds: number): Seconds {
    return (milliseconds - (this.zeroMs ?? 0)) / 1000;
  }

  /** The audio was stopped: where it goes on is not known. */
  reset(): void {
    this.zeroMs = undefined;
  }
}
