/**
 * Filling: asks the daemon, and passes the results to the editor and the sound as they arrive.
 */
import { batch, effect, type Signal, signal, untracked } from "@preact/signals";
import { type PageNote, regionsOf } from "../document/song.ts";
import { revealPitches, revealRegion } from "../editor/region.ts";
import type { FillActions, Store } from "../state.ts";
import { Adding, type PartForm } from "./adding.ts";
import { Asking, type Attempt } from "./asking.ts";
import { Candidates } from "./candidates.ts";
import { KeptFills } from "./kept-fills.ts";
import { isEmpty } from "./offer.ts";
import type { FillRecord } from "./record.ts";
import { chooseBars, isSameRegion } from "./region-bars.ts";
import { type FillSettings, PLAIN_SETTINGS, scaleOfKey, settingsFrom } from "./settings.ts";
import { keep, stored } from "./storage.ts";
import { Surroundings } from "./surroundings.ts";
import { Together } from "./together.ts";
import { ghostsOf, type UnfinishedFill } from "./unfinished-fill.ts";
import { letterOf, type Problem } from "./words.ts";

const SETTINGS = "continuo.fill";
/** How much another one like this differs. */
const LIKE_THIS = 0.4;

export class Fill implements FillActions {
  readonly settings = signal<FillSettings>(settingsFrom(stored(SETTINGS)));
  /** Being made. */
  readonly unfinished: Signal<UnfinishedFill | undefined>;
  readonly candidates: Candidates;
  readonly adding: Adding;
  readonly together: Together;
  readonly surroundings: Surroundings;
  readonly past: KeptFills;
  readonly problem: Signal<Problem | undefined>;

  private readonly store: Store;
  private readonly asking: Asking;
  private isFirstNoteDue = false;
  private rollId: string | undefined;

  constructor(store: Store) {
    this.store = store;
    this.candidates = new Candidates(store);
    this.past = new KeptFills(store);
    this.surroundings = new Surroundings(store);
    this.adding = new Adding(store);
    this.together = new Together(store.song);
    this.asking = new Asking(
      store,
      (record, index) => this.finished(record, index),
      ({ part }, thrown) => part !== undefined && this.adding.failed(part.form, thrown),
    );
    [this.unfinished, this.problem] = [this.asking.unfinished, this.asking.problem];
    effect(() => this.opened(store.roll.value?.rollId));
    effect(() => this.show());
    effect(() => {
      // Removing the ghosts, as showing a song again does, withdraws the offer.
      if (store.ghosts.value !== undefined) return;
      const { offer, isOffered } = this.candidates;
      if (!isEmpty(offer.peek())) isOffered.value = false;
    });
    effect(() => {
      // A part of which nothing is made or offered any more goes again.
      const offered = this.candidates.isOffered.value ? this.candidates.record.value : undefined;
      const regions = [this.unfinished.value?.region, offered?.region];
      const wanted = regions.flatMap((one) => (one === undefined ? [] : regionsOf(one)));
      untracked(() => {
        store.dropDrafts((id) => wanted.some(({ trackId }) => trackId === id));
        this.adding.restore();
      });
    });
    effect(() => keep(SETTINGS, JSON.stringify(this.settings.value)));
  }

  set(settings: Partial<FillSettings>): void {
    this.settings.value = { ...this.settings.value, ...settings };
  }

  /** All controls as they come. */
  reset(): void {
    this.settings.value = PLAIN_SETTINGS;
    this.store.pitchRange.value = undefined;
  }

  /** That of the model that is asked; empty for the default, also where the one that was chosen is gone. */
  modelId(): string {
    const { modelId } = this.settings.value;
    const isThere = this.surroundings.models.value.some(({ id, isDefault }) => id === modelId && !isDefault);
    return isThere ? modelId : "";
  }

  /** Mark bars that are worth filling. */
  chooseBars(): void {
    const { song, bars, activeTrackId, cursorTick, region } = this.store;
    const chosen = chooseBars(song.value, bars.value, activeTrackId.value, cursorTick.value);
    if (chosen === undefined) return;
    region.value = chosen;
    activeTrackId.value = chosen.trackId;
    revealRegion(this.store, chosen);
  }

  /** Fill the marked bars; a fill that is being made is given up. */
  start(): void {
    const marked = this.store.region.value;
    if (marked === undefined) return;
    const region = this.together.of(marked);
    // The handles are those of one track.
    const pitchRange = region.also === undefined ? this.store.pitchRange.value : undefined;
    this.begin({ region, settings: this.fillSettings(), base: undefined, like: "", pitchRange });
  }

  /** Write a part that the song does not have yet. */
  addPart(form: PartForm): void {
    const track = this.adding.trackOf(form);
    this.adding.close();
    this.beginPart({ form, track });
  }

  private beginPart(part: NonNullable<Attempt["part"]>): void {
    const { modelId, candidates, temperature, pinnedSeed, playsAtOnce } = this.fillSettings();
    // How dense or how high another part was wished for says nothing of a new one.
    const settings: FillSettings = {
      ...PLAIN_SETTINGS,
      ...{ modelId, candidates, temperature, pinnedSeed, playsAtOnce },
      ...scaleOfKey(part.form.key),
    };
    batch(() => {
      const region = this.adding.show(part.track, part.form);
      this.begin({ region, settings, base: undefined, like: "", pitchRange: undefined, part });
    });
  }

  /** Vary the candidate that is looked at. */
  moreLikeThis(): void {
    const base = this.candidates.offerOfPicked();
    if (base === undefined) return;
    const settings: FillSettings = { ...this.fillSettings(), mode: "vary", amount: LIKE_THIS };
    const like = `like ${letterOf(this.candidates.picked.value)}, `;
    const pitchRange = base.region.also === undefined ? this.store.pitchRange.value : undefined;
    this.begin({ region: base.region, settings, base, like, pitchRange });
  }

  /** Ask again for what failed. */
  retry(): void {
    const { lastAttempt } = this.asking;
    if (lastAttempt?.part !== undefined) this.beginPart(lastAttempt.part);
    else if (lastAttempt !== undefined) this.begin(lastAttempt);
  }

  /** Give up the fill that is being made; the song is as it was. */
  cancel(): void {
    this.asking.cancel();
  }

  /** Look at a candidate, also while others are still being made. */
  choose(index: number): void {
    const unfinished = this.unfinished.value;
    if (unfinished === undefined) this.onShown(() => this.candidates.choose(index));
    else if (index < unfinished.candidates.length) this.unfinished.value = { ...unfinished, picked: index };
    this.revealOffered();
  }

  /** Look at the next one, or with -1 the one before. */
  step(by: 1 | -1): void {
    const unfinished = this.unfinished.value;
    const count = unfinished?.candidates.length ?? 0;
    if (unfinished === undefined) this.onShown(() => this.candidates.step(by));
    else if (count > 0) this.choose(((unfinished.picked ?? 0) + by + count) % count);
    this.revealOffered();
  }

  /** Offer a candidate of an earlier fill again. */
  bringBack(record: FillRecord, index: number): void {
    this.cancel();
    batch(() => {
      this.problem.value = undefined;
      this.candidates.show(record, index);
      this.store.activeTrackId.value = record.region.trackId;
      this.store.region.value = record.region;
    });
    revealRegion(this.store, record.region);
    this.revealOffered();
  }

  /** Put a star on a candidate, or take it off: it is kept with the song, however many others come. */
  star(record: FillRecord, seed: number): void {
    batch(() => {
      const next = this.past.star(record, seed);
      if (this.candidates.record.value?.key === record.key) this.candidates.record.value = next;
    });
  }

  /** That of the candidate that is looked at. */
  starPicked(): void {
    const record = this.candidates.record.value;
    const seed = record?.candidates[this.candidates.picked.value]?.seed;
    if (record !== undefined && seed !== undefined) this.star(record, seed);
  }

  acceptNote(note: PageNote): void {
    this.candidates.acceptNote(note);
  }

  /** Hear what is offered from the bar before it, or stop. */
  audition(): void {
    const { sound, playTick, bars } = this.store;
    const region = this.unfinished.value?.region ?? this.candidates.record.value?.region;
    if (playTick.value !== undefined) sound.stop();
    else if (region !== undefined) {
      this.onShown(() => {});
      const bar = bars.value.barAtTick(region.startTick);
      sound.play(bars.value.startTick(Math.max(0, bar - 1)));
    }
  }

  /** Do something with the candidates on show: their bars are those that are marked. */
  private onShown(act: () => void): void {
    batch(() => {
      const shown = this.unfinished.value?.region ?? this.candidates.record.value?.region;
      if (shown !== undefined && !isSameRegion(shown, this.store.region.value))
        this.store.region.value = shown;
      act();
    });
  }

  private fillSettings(): FillSettings {
    return { ...this.settings.value, modelId: this.modelId() };
  }

  private begin(attempt: Attempt): void {
    performance.mark("fill-click");
    this.isFirstNoteDue = true;
    batch(() => {
      this.candidates.isOffered.value = false;
      this.asking.begin(attempt);
    });
    revealRegion(this.store, attempt.region);
  }

  private finished(record: FillRecord, index: number): void {
    batch(() => {
      this.past.add(record);
      this.asking.cancel();
      this.candidates.show(record, index);
    });
    this.revealOffered();
    if (this.settings.value.playsAtOnce && this.store.playTick.value === undefined) this.audition();
  }

  /** Have the editor and the sound show what is being made, or what is offered. */
  private show(): void {
    const ghosts = ghostsOf(this.unfinished.value, this.candidates.offer.value);
    this.store.ghosts.value = ghosts;
    if (ghosts !== undefined) this.markFirst(ghosts.notes);
  }

  /** Scroll to what is offered where all of it is above or below the window. */
  private revealOffered(): void {
    const notes = this.store.ghosts.value?.notes ?? [];
    if (notes.length > 0) revealPitches(this.store, notes);
  }

  /** The first note is brought into sight; for the benchmark, the frame that shows it is marked. */
  private markFirst(notes: readonly PageNote[]): void {
    if (!this.isFirstNoteDue || notes.length === 0) return;
    this.isFirstNoteDue = false;
    untracked(() => this.revealOffered());
    globalThis.requestAnimationFrame?.(() => performance.mark("first-note"));
  }

  /** Another song has fills of its own. */
  private opened(rollId: string | undefined): void {
    if (rollId === this.rollId) return;
    this.rollId = rollId;
    untracked(() =>
      batch(() => {
        this.cancel();
        this.candidates.clear();
        this.problem.value = undefined;
        this.adding.close();
        this.together.clear();
        this.past.open(rollId);
      }),
    );
  }
}

const fills = new WeakMap<Store, Fill>();

/** The filling of a page; made, and made known to the other parts, when it is first asked for. */
export function fillOf(store: Store): Fill {
  const known = fills.get(store);
  if (known !== undefined) return known;
  const made = new Fill(store);
  fills.set(store, made);
  store.fill = made;
  return made;
}
