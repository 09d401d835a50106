/**
 * The fills of the song that is open, kept with it.
 */
import { signal } from "@preact/signals";
import { keeperOf } from "../keeping/keeper.ts";
import type { Store } from "../state.ts";
import { fillTexts, isFillName, pastFrom, toggledStar, withRecord } from "./past.ts";
import type { FillRecord } from "./record.ts";

export class KeptFills {
  /** The latest first. */
  readonly all = signal<readonly FillRecord[]>([]);
  private readonly store: Store;
  private rollId: string | undefined;

  constructor(store: Store) {
    this.store = store;
  }

  /** Another song has fills of its own. */
  open(rollId: string | undefined): void {
    this.rollId = rollId;
    this.all.value = rollId === undefined ? [] : pastFrom(keeperOf(this.store).textsOf(rollId));
  }

  add(record: FillRecord): void {
    this.all.value = withRecord(this.all.value, record);
    this.keep();
  }

  /** Put a star on a candidate, or take it off. @returns the fill as it is then */
  star(record: FillRecord, seed: number): FillRecord {
    const next = toggledStar(record, seed);
    this.all.value = this.all.value.map((one) => (one.key === record.key ? next : one));
    this.keep();
    return next;
  }

  private keep(): void {
    if (this.rollId === undefined) return;
    const all = this.all.value;
    const isPinned = all.some(({ starred }) => starred.length > 0);
    keeperOf(this.store).queue.keep(this.rollId, fillTexts(all), isFillName, isPinned);
  }
}
