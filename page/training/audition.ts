/**
 * Plays takes in the song, one at a time, from shortly before their region to its end.
 */
import { effect, signal, untracked } from "@preact/signals";
import type { PageNote, PageRegion } from "../document/song.ts";
import type { Ghosts } from "../ghosts.ts";
import type { Store } from "../state.ts";
import { hiddenBy } from "./take.ts";

export class Audition {
  /** Which take sounds. */
  readonly playing = signal<string | undefined>(undefined);
  /** Which takes were heard, at least the beginning of their place. */
  readonly heard = signal<ReadonlySet<string>>(new Set());
  private readonly store: Store;
  private before: { readonly ghosts: Ghosts | undefined } | undefined;
  private startTick = 0;
  private endTick = 0;
  private readonly unwatch: () => void;

  constructor(store: Store) {
    this.store = store;
    let hasBegun = false;
    this.unwatch = effect(() => {
      const tick = store.playTick.value;
      if (this.playing.value === undefined) {
        hasBegun = false;
        return;
      }
      if (tick !== undefined) hasBegun = true;
      if (tick !== undefined && tick > this.startTick) untracked(() => this.hear());
      // Stopped by a key, or over.
      if ((tick === undefined && hasBegun) || (tick ?? 0) >= this.endTick) untracked(() => this.stop());
    });
  }

  /** Play it, or stop it where it plays. */
  toggle(name: string, region: PageRegion, notes: readonly PageNote[] | undefined): void {
    const isPlaying = this.playing.value === name;
    this.stop();
    if (isPlaying) return;
    const { store } = this;
    this.before = { ghosts: store.ghosts.value };
    // Without notes the song is heard as it is.
    store.ghosts.value =
      notes === undefined
        ? undefined
        : { region, notes, hidden: hiddenBy(store.song.value, region), isGrowing: false };
    const bars = store.bars.value;
    const bar = bars.barAtTick(region.startTick);
    this.startTick = region.startTick;
    this.endTick = region.endTick;
    this.playing.value = name;
    store.sound.play(bars.startTick(Math.max(0, bar - 1)));
  }

  /** Other takes are to be heard. */
  forget(): void {
    this.heard.value = new Set();
  }

  private hear(): void {
    const name = this.playing.value;
    if (name !== undefined && !this.heard.value.has(name))
      this.heard.value = new Set([...this.heard.value, name]);
  }

  stop(): void {
    if (this.playing.value === undefined) return;
    this.playing.value = undefined;
    this.store.sound.stop();
    if (this.before !== undefined) this.store.ghosts.value = this.before.ghosts;
    this.before = undefined;
  }

  close(): void {
    this.stop();
    this.unwatch();
  }
}
