/**
 * A running fill: a promise of its notes that can also be iterated for its progress.
 */
import type { FillResult, Notifications } from "./generated/protocol.ts";

export type FillProgress = Notifications["fill/progress"];

/** `await` gives the notes; `for await` the progress until they are there. */
export interface Filling extends Promise<FillResult>, AsyncIterable<FillProgress> {}

export class ProgressFeed {
  /** Of those who walk, each with the latest that it has not seen: who is slow misses what is outdated. */
  private readonly walkers = new Set<{ latest: FillProgress | undefined; wake: () => void }>();

  get isWalked(): boolean {
    return this.walkers.size > 0;
  }

  tell(progress: FillProgress): void {
    for (const walker of this.walkers) {
      walker.latest = progress;
      walker.wake();
    }
  }

  /** A fill's promise with its progress. */
  with(result: Promise<FillResult>): Filling {
    const walk = () => {
      // Whoever walks hears of a failure there; nobody has to wait for the promise too.
      result.catch(() => {});
      return this.walk(result);
    };
    return Object.assign(result, { [Symbol.asyncIterator]: walk });
  }

  private async *walk(result: Promise<FillResult>): AsyncGenerator<FillProgress, void, void> {
    const walker: { latest: FillProgress | undefined; wake: () => void } = {
      latest: undefined,
      wake: () => {},
    };
    let isOver = false;
    const end = () => {
      isOver = true;
      walker.wake();
    };
    result.then(end, end);
    this.walkers.add(walker);
    try {
      while (!isOver) {
        if (walker.latest === undefined) {
          await new Promise<void>((resolve) => {
            walker.wake = resolve;
          });
        }
        const { latest } = walker;
        walker.latest = undefined;
        if (latest !== undefined) yield latest;
      }
      // What came just before the end.
      if (walker.latest !== undefined) yield walker.latest;
      await result;
    } finally {
      this.walkers.delete(walker);
    }
  }
}
