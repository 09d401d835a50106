/**
 * What could not be written and is being tried again, for `status`, the figures and the page.
 */
import type { WriteProblem } from "../../protocol/methods.ts";

interface Failing {
  readonly since: number;
  reason: string;
}

export class WriteProblems {
  private readonly onChange: (problems: readonly WriteProblem[]) => void;
  private readonly byName = new Map<string, Failing>();
  /** Attempts that failed since the start. */
  failures = 0;

  /** @param onChange  called when a file begins or ceases to fail, or fails for another reason */
  constructor(onChange: (problems: readonly WriteProblem[]) => void = () => {}) {
    this.onChange = onChange;
  }

  /** @param name  of the file, as it is shown */
  failed(name: string, reason: string): void {
    this.failures += 1;
    const known = this.byName.get(name);
    if (known?.reason === reason) return;
    this.byName.set(name, { since: known?.since ?? performance.now(), reason });
    this.onChange(this.entries);
  }

  succeeded(name: string): void {
    if (this.byName.delete(name)) this.onChange(this.entries);
  }

  get entries(): WriteProblem[] {
    const now = performance.now();
    return [...this.byName].map(([file, { reason, since }]) => ({ file, reason, sinceMs: now - since }));
  }
}
