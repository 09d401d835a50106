/**
 * Calls the user's callbacks so that an exception in one ends neither the connection nor the process.
 */

export class Callbacks {
  private readonly report: (error: unknown) => void;

  /** @param report  hears what a callback threw, or what its promise was rejected with */
  constructor(report: ((error: unknown) => void) | undefined) {
    this.report = report ?? printError;
  }

  call<Args extends unknown[]>(callback: ((...args: Args) => unknown) | undefined, ...args: Args): void {
    if (callback === undefined) return;
    try {
      const given = callback(...args);
      if (isThenable(given)) given.then(undefined, (error: unknown) => this.failed(error));
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    try {
      this.report(error);
    } catch (other) {
      printError(other);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function printError(error: unknown): void {
  console.error("a callback of continuo/client failed:", error);
}
