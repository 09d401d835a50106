/**
 * The accepted parts of the candidates, as long as the history step that accepted them is not undone.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { History, Step } from "../document/history.ts";
import type { NoteId, PageNote } from "../document/song.ts";

interface Taking {
  readonly step: Step;
  /** Of the candidate's notes. */
  readonly offered: readonly NoteId[];
  /** Of the song, where one note was taken. */
  readonly kept: readonly NoteId[];
}

export class Takings {
  private readonly all = signal<readonly Taking[]>([]);
  private readonly inForce: ReadonlySignal<readonly Taking[]>;
  /** Notes of candidates that are not offered again. */
  readonly taken: ReadonlySignal<ReadonlySet<NoteId>>;
  /** Notes of the song that were taken one by one. */
  readonly kept: ReadonlySignal<ReadonlySet<NoteId>>;

  constructor(history: History) {
    this.inForce = computed(() => {
      const keys = new Set(history.steps.value.map(({ key }) => key));
      return this.all.value.filter(({ step }) => keys.has(step.key));
    });
    this.taken = computed(() => new Set(this.inForce.value.flatMap(({ offered }) => offered)));
    this.kept = computed(() => new Set(this.inForce.value.flatMap(({ kept }) => kept)));
  }

  add(taking: Taking): void {
    // Those that are undone may be done again.
    this.all.value = [...this.all.value, taking];
  }

  /** Offer notes again, whatever became of them. */
  forget(notes: readonly PageNote[]): void {
    const ids = new Set(notes.map(({ id }) => id));
    this.all.value = this.all.value.map((taking) => ({
      ...taking,
      offered: taking.offered.filter((id) => !ids.has(id)),
    }));
  }

  clear(): void {
    this.all.value = [];
  }
}
