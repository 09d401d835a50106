/**
 * The candidates of a finished fill: which one is offered, and how it is accepted, whole or in parts.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Change } from "../document/change.ts";
import { type PageNote, trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { acceptOne, acceptSpan, hasChanged, type Offer, offerOf, type Span } from "./offer.ts";
import type { FillRecord } from "./record.ts";
import { Takings } from "./takings.ts";
import { letterOf } from "./words.ts";

export class Candidates {
  /** The fill whose candidates are on show. */
  readonly record = signal<FillRecord | undefined>(undefined);
  /** Index of the candidate that was looked at last. */
  readonly picked = signal(0);
  /** Whether it is offered in the editor. */
  readonly isOffered = signal(false);
  /** What is still to be taken of the candidate that is offered. */
  readonly offer: ReadonlySignal<Offer | undefined> = computed(() =>
    this.isOffered.value && this.hasTrack() ? this.offerOfPicked() : undefined,
  );
  /** The region's notes are others than when the candidates were asked for. */
  readonly isStale: ReadonlySignal<boolean> = computed(
    () => this.record.value !== undefined && hasChanged(this.record.value, this.store.song.value),
  );

  private readonly store: Store;
  private readonly takings: Takings;
  /** Keys of what was reported to the daemon. */
  private readonly reported = new Set<string>();

  constructor(store: Store) {
    this.store = store;
    this.takings = new Takings(store.history);
  }

  /** Show those of another fill. */
  show(record: FillRecord | undefined, index = 0): void {
    batch(() => {
      this.record.value = record;
      this.isOffered.value = false;
      this.choose(index);
    });
  }

  /** Forget everything, as another song is opened. */
  clear(): void {
    this.show(undefined);
    this.takings.clear();
    this.reported.clear();
  }

  /** Offer a candidate, by its index. */
  choose(index: number): void {
    const candidate = this.record.value?.candidates[index];
    if (candidate === undefined) return;
    batch(() => {
      this.putTrack();
      this.takings.forget(candidate.notes);
      this.picked.value = index;
      this.isOffered.value = true;
    });
  }

  /** Offer the next one, or with -1 the one before. */
  step(by: 1 | -1): void {
    const count = this.record.value?.candidates.length ?? 0;
    if (count === 0) return;
    const at = this.picked.value;
    this.choose(this.isOffered.value ? (at + by + count) % count : at);
  }

  /** What the candidate would change now, offered or not. */
  offerOfPicked(): Offer | undefined {
    const record = this.record.value;
    if (record === undefined) return undefined;
    return offerOf(record, this.picked.value, {
      song: this.store.song.value,
      locked: this.store.locked.value,
      kept: this.takings.kept.value,
      taken: this.takings.taken.value,
    });
  }

  /** Not of a part whose track went with it, such as by undo. */
  private hasTrack(): boolean {
    return trackById(this.store.song.value, this.record.value?.region.trackId) !== undefined;
  }

  /** Show the track of a part that is added again. */
  private putTrack(): void {
    const { draft, region } = this.record.value ?? {};
    if (draft === undefined || this.hasTrack()) return;
    this.store.putDraft(draft);
    this.store.activeTrackId.value = draft.id;
    this.store.region.value = region;
  }

  acceptAll(): void {
    const offer = this.offer.value;
    if (offer !== undefined) this.acceptSpan(offer.region, this.record.value?.title ?? "");
  }

  /** Take what starts in a part of the region. @param name  such as "Bar 6" */
  acceptSpan(span: Span, name: string): void {
    const offer = this.offer.value;
    if (offer === undefined) return;
    const isInside = ({ startTick }: PageNote) => startTick >= span.startTick && startTick < span.endTick;
    const changes = acceptSpan(offer, span, this.store.song.value);
    this.take(name.toLowerCase(), changes, offer.notes.filter(isInside), false);
  }

  acceptNote(note: PageNote): void {
    const offer = this.offer.value;
    const changes = offer === undefined ? [] : acceptOne(offer, note, this.store.song.value);
    this.take("one note", changes, [note], true);
  }

  /** Take none of them. */
  reject(): void {
    const record = this.record.value;
    this.isOffered.value = false;
    if (record === undefined || [...this.reported].some((key) => key.startsWith(`${record.key} `))) return;
    this.tell(`${record.key} none`, () =>
      this.store.client.daemon.call("fill/reject", { jobId: record.jobId }),
    );
  }

  private take(what: string, changes: readonly Change[], notes: readonly PageNote[], isOne: boolean): void {
    const record = this.record.value;
    if (changes.length === 0 || record === undefined) return;
    const candidate = this.picked.value;
    const { history } = this.store;
    batch(() => {
      history.do(`Fill ${what} (${letterOf(candidate)})`, changes);
      const step = history.steps.value.at(-1);
      if (step === undefined) return;
      const kept = isOne ? changes.flatMap(({ added }) => added.map(({ id }) => id)) : [];
      this.takings.add({ step, offered: notes.map(({ id }) => id), kept });
    });
    this.tell(`${record.key} ${candidate}`, () =>
      this.store.client.daemon.call("fill/accept", { jobId: record.jobId, candidate }),
    );
  }

  /** For the journal and what is learned of it, once; the music does not wait for it. */
  private tell(key: string, call: () => Promise<unknown>): void {
    if (this.reported.has(key)) return;
    this.reported.add(key);
    // A daemon that was started anew knows the fill no more; what was taken is taken all the same.
    call().catch(() => {});
  }
}
