/**
 * What was done, so that it can be undone: steps with a name and their changes.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Change, inverseOf } from "./change.ts";

export interface Step {
  /** As people say it: "Move 3 notes", "Fill bars 5-8". */
  readonly label: string;
  readonly changes: readonly Change[];
}

/** As many as anybody goes back. */
const MOST_STEPS = 500;

export class History {
  private readonly done = signal<readonly Step[]>([]);
  private readonly undone = signal<readonly Step[]>([]);
  private readonly apply: (changes: readonly Change[]) => void;

  /** @param apply  makes changes in the song, and tells the daemon */
  constructor(apply: (changes: readonly Change[]) => void) {
    this.apply = apply;
  }

  get steps(): ReadonlySignal<readonly Step[]> {
    return this.done;
  }

  get undoneSteps(): ReadonlySignal<readonly Step[]> {
    return this.undone;
  }

  /** Do something that can be undone; nothing where nothing changes. */
  do(label: string, changes: readonly Change[]): void {
    const real = changes.filter(({ removed, added }) => removed.length + added.length > 0);
    if (real.length === 0) return;
    this.done.value = [...this.done.value, { label, changes: real }].slice(-MOST_STEPS);
    this.undone.value = [];
    this.apply(real);
  }

  /** @returns what was undone */
  undo(): Step | undefined {
    const step = this.done.value.at(-1);
    if (step === undefined) return undefined;
    this.done.value = this.done.value.slice(0, -1);
    this.undone.value = [...this.undone.value, step];
    this.apply(inverseOf(step.changes));
    return step;
  }

  /** @returns what was done again */
  redo(): Step | undefined {
    const step = this.undone.value.at(-1);
    if (step === undefined) return undefined;
    this.undone.value = this.undone.value.slice(0, -1);
    this.done.value = [...this.done.value, step];
    this.apply(step.changes);
    return step;
  }

  /** Forget everything, as another song is opened. */
  clear(): void {
    [this.done.value, this.undone.value] = [[], []];
  }
}
