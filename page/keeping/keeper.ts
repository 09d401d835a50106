/**
 * Keeps the state of work on the open song in the daemon, so that a reloaded page continues where it was: the undo
 * history, locked notes, mute and volume, the window, the marked bars. Steps are sent at once, the rest a moment
 * later.
 */
import { batch, effect, untracked } from "@preact/signals";
import type { Store } from "../state.ts";
import { historyTexts, isHistoryName, restoredHistory, StoredNames } from "./history-texts.ts";
import { KeptQueue } from "./kept-queue.ts";
import { isLookName, lookTexts, restoredLook } from "./song-texts.ts";

/** Whoever scrolls or drags makes many changes. */
const REST_MS = 300;

class Keeper {
  readonly queue: KeptQueue;
  private readonly store: Store;
  private names = new StoredNames();
  /** The song whose look and history are on show, once they were restored. */
  private rollId: string | undefined;
  private texts: ReadonlyMap<string, string> = new Map();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store) {
    this.store = store;
    this.queue = new KeptQueue(store.client.daemon);
    effect(() => {
      store.history.steps.value;
      store.history.undoneSteps.value;
      untracked(() => this.keepHistory());
    });
    effect(() => {
      this.look();
      if (this.rollId === undefined) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keepLook(), REST_MS);
    });
    effect(() => {
      if (store.connection.value === "open") void this.queue.send();
    });
  }

  /** Take over what was kept of the song that is on show now. */
  restore(rollId: string, texts: ReadonlyMap<string, string>): void {
    const { store } = this;
    this.names = new StoredNames();
    const song = store.song.peek();
    const look = restoredLook(texts, song);
    batch(() => {
      store.history.restore(restoredHistory(texts, song, this.names));
      if (look.locked !== undefined) store.locked.value = look.locked;
      if (look.trackSettings !== undefined) store.trackSettings.value = look.trackSettings;
      if (look.activeTrackId !== undefined) store.activeTrackId.value = look.activeTrackId;
      if (look.cursorTick !== undefined) store.cursorTick.value = look.cursorTick;
      store.pitchRange.value = look.pitchRange;
      if (look.chords !== undefined) store.chords.value = look.chords;
      // Whoever waits for bars wants those.
      if (look.region !== undefined && store.roll.peek()?.host == null) store.region.value = look.region;
      store.keptView = look.view;
    });
    this.texts = texts;
    this.rollId = rollId;
  }

  /** What was kept of a song when it was opened, by name. */
  textsOf(rollId: string): ReadonlyMap<string, string> {
    return rollId === this.rollId ? this.texts : new Map();
  }

  /** Keep what has not been kept yet, such as before another song is shown or the page goes. */
  flush(): void {
    clearTimeout(this.timer);
    this.keepLook();
    this.queue.sendNow();
  }

  /** The song is closed. */
  leave(): void {
    this.flush();
    if (this.rollId !== undefined) this.queue.forget(this.rollId);
    this.rollId = undefined;
    this.texts = new Map();
  }

  private look() {
    const { locked, trackSettings, view, region, activeTrackId, cursorTick, pitchRange, chords } = this.store;
    return {
      locked: locked.value,
      trackSettings: trackSettings.value,
      view: view.value,
      region: region.value,
      activeTrackId: activeTrackId.value,
      cursorTick: cursorTick.value,
      pitchRange: pitchRange.value,
      chords: chords.value,
    };
  }

  private keepLook(): void {
    const { rollId, store } = this;
    if (rollId === undefined || store.roll.peek()?.rollId !== rollId) return;
    const texts = untracked(() => lookTexts(this.look(), store.song.value));
    this.queue.keep(rollId, texts, isLookName);
  }

  private keepHistory(): void {
    const { rollId, store } = this;
    if (rollId === undefined || store.roll.peek()?.rollId !== rollId) return;
    const { steps, undoneSteps } = store.history;
    const both = { done: steps.value, undone: undoneSteps.value };
    const texts = historyTexts(both, this.names, this.queue.knownOf(rollId));
    this.queue.keep(rollId, texts, isHistoryName);
  }
}

const keepers = new WeakMap<Store, Keeper>();

/** The keeper of a page; made when it is first asked for. */
export function keeperOf(store: Store): Keeper {
  const known = keepers.get(store);
  if (known !== undefined) return known;
  const keeper = new Keeper(store);
  keepers.set(store, keeper);
  return keeper;
}

/** What was not kept yet is kept when the page is left. */
export function keepBeforeLeaving(store: Store): void {
  const flush = () => keeperOf(store).flush();
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());
}
