/**
 * Filling: asks the daemon, and has the roll and the sound show what comes back, as it comes.
 */
import { batch, effect, signal, untracked } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { FillRequest, FillResult } from "../../bridge/client/generated/protocol.ts";
import { notesIn, type PageNote, type PageRegion } from "../document/song.ts";
import { revealRegion } from "../roll/region.ts";
import type { FillActions, Store } from "../state.ts";
import { Candidates } from "./candidates.ts";
import { KeptFills } from "./kept-fills.ts";
import { isEmpty } from "./offer.ts";
import { chooseBars, isSameRegion, placeName } from "./place.ts";
import { type Asked, type Base, type FillRecord, recordOf } from "./record.ts";
import { requestOf } from "./request.ts";
import { ghostsOf, type Run, withCandidate, withProgress } from "./run.ts";
import { type FillSettings, PLAIN_SETTINGS, settingsFrom, wishOf } from "./settings.ts";
import { keep, stored } from "./storage.ts";
import { Surroundings } from "./surroundings.ts";
import { letterOf, type Problem, problemOf } from "./words.ts";

const SETTINGS = "continuo.fill";
/** How much another one like this differs. */
const LIKE_THIS = 0.4;

interface Wish {
  readonly region: PageRegion;
  readonly settings: FillSettings;
  readonly base: Base | undefined;
}

export class Fill implements FillActions {
  readonly settings = signal<FillSettings>(settingsFrom(stored(SETTINGS)));
  /** Being made. */
  readonly run = signal<Run | undefined>(undefined);
  readonly candidates: Candidates;
  readonly surroundings: Surroundings;
  readonly past: KeptFills;
  readonly problem = signal<Problem | undefined>(undefined);

  private readonly store: Store;
  private running = new AbortController();
  private lastWish: Wish | undefined;
  private isFirstNoteDue = false;
  private rollId: string | undefined;

  constructor(store: Store) {
    this.store = store;
    this.candidates = new Candidates(store);
    this.past = new KeptFills(store);
    this.surroundings = new Surroundings(store);
    effect(() => this.opened(store.roll.value?.rollId));
    effect(() => this.show());
    effect(() => {
      // Whoever takes the ghosts away, such as a song that is shown anew, takes the offer back.
      if (store.ghosts.value !== undefined) return;
      const { offer, isOffered } = this.candidates;
      if (!isEmpty(offer.peek())) isOffered.value = false;
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
    const region = this.store.region.value;
    if (region !== undefined) this.begin({ region, settings: this.wishes(), base: undefined });
  }

  /** Vary the candidate that is looked at. */
  moreLikeThis(): void {
    const base = this.candidates.offerOfPicked();
    if (base === undefined) return;
    const settings: FillSettings = { ...this.wishes(), mode: "vary", amount: LIKE_THIS };
    this.begin({ region: base.region, settings, base });
  }

  /** Ask again for what failed. */
  retry(): void {
    if (this.lastWish !== undefined) this.begin(this.lastWish);
  }

  /** Give up the fill that is being made; the song is as it was. */
  cancel(): void {
    this.running.abort();
    this.run.value = undefined;
  }

  /** Look at a candidate, also while others are still being made. */
  choose(index: number): void {
    const run = this.run.value;
    if (run === undefined) this.onShown(() => this.candidates.choose(index));
    else if (index < run.candidates.length) this.run.value = { ...run, picked: index };
  }

  /** Look at the next one, or with -1 the one before. */
  step(by: 1 | -1): void {
    const run = this.run.value;
    const count = run?.candidates.length ?? 0;
    if (run === undefined) this.onShown(() => this.candidates.step(by));
    else if (count > 0) this.choose(((run.picked ?? 0) + by + count) % count);
  }

  /** Offer a candidate of an earlier fill again. */
  bringBack(record: FillRecord, index: number): void {
    this.cancel();
    batch(() => {
      this.problem.value = undefined;
      this.store.region.value = record.region;
      this.store.activeTrackId.value = record.region.trackId;
      this.candidates.show(record, index);
    });
    revealRegion(this.store, record.region);
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
    const region = this.run.value?.region ?? this.candidates.record.value?.region;
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
      const shown = this.run.value?.region ?? this.candidates.record.value?.region;
      if (shown !== undefined && !isSameRegion(shown, this.store.region.value))
        this.store.region.value = shown;
      act();
    });
  }

  private wishes(): FillSettings {
    return { ...this.settings.value, modelId: this.modelId() };
  }

  private begin(wish: Wish): void {
    performance.mark("fill-click");
    this.cancel();
    const { region, settings, base } = wish;
    const song = this.store.song.value;
    const locked = this.store.locked.value;
    const request = requestOf({ ...wish, song, locked, pitchRange: this.store.pitchRange.value });
    const place = placeName(this.store.bars.value, region);
    const like = base === undefined ? "" : `like ${letterOf(this.candidates.picked.value)}, `;
    const isVary = settings.mode === "vary";
    const leaving = isVary ? (base?.old ?? []) : notesIn(song, region).filter(({ id }) => !locked.has(id));
    this.running = new AbortController();
    this.lastWish = wish;
    this.isFirstNoteDue = true;
    batch(() => {
      this.problem.value = undefined;
      this.candidates.isOffered.value = false;
      this.run.value = {
        region,
        place,
        asked: settings.candidates,
        hidden: new Set(leaving.map(({ id }) => id)),
        fraction: 0,
        notes: [],
        candidates: [],
        picked: undefined,
      };
    });
    revealRegion(this.store, region);
    const asked = { song, region, base, place, wish: `${like}${wishOf(request)}` };
    void this.ask(request, asked, this.running.signal);
  }

  private async ask(
    request: FillRequest,
    asked: Omit<Asked, "jobId" | "at">,
    stopped: AbortSignal,
  ): Promise<void> {
    let jobId = "";
    const update = (next: (run: Run) => Run) => {
      if (!stopped.aborted && this.run.value !== undefined) this.run.value = next(this.run.value);
    };
    try {
      const result = await this.store.client.daemon.fill(request, {
        signal: stopped,
        onStart: (id) => {
          jobId = id;
        },
        onProgress: (progress) => update((run) => withProgress(run, progress)),
        onCandidate: (candidate) => update((run) => withCandidate(run, candidate)),
      });
      if (!stopped.aborted) this.finish({ ...asked, jobId, at: Date.now() }, result);
    } catch (thrown) {
      if (stopped.aborted) return;
      this.run.value = undefined;
      const isWish = thrown instanceof BridgeError && thrown.code === "CANCELLED";
      if (!isWish) this.problem.value = problemOf(thrown);
    }
  }

  private finish(asked: Asked, result: FillResult): void {
    const record = recordOf(asked, result);
    const { picked = 0, candidates = [] } = this.run.value ?? {};
    // The order of the answer may be another one than that in which they came.
    const seed = this.run.value?.picked === undefined ? undefined : candidates[picked]?.seed;
    const index = record.candidates.findIndex((candidate) => candidate.seed === seed);
    batch(() => {
      this.past.add(record);
      this.run.value = undefined;
      this.candidates.show(record, Math.max(0, index));
    });
    if (this.settings.value.playsAtOnce && this.store.playTick.value === undefined) this.audition();
  }

  /** Have the roll and the sound show what is being made, or what is offered. */
  private show(): void {
    const ghosts = ghostsOf(this.run.value, this.candidates.offer.value);
    this.store.ghosts.value = ghosts;
    if (ghosts !== undefined) this.markFirst(ghosts.notes);
  }

  /** For the benchmark: when the frame that shows the first note is drawn. */
  private markFirst(notes: readonly PageNote[]): void {
    if (!this.isFirstNoteDue || notes.length === 0) return;
    this.isFirstNoteDue = false;
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
