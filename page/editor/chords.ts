/**
 * The chord lane: the chords that the daemon hears in each bar, the written ones, and the bar that is being edited.
 */
import { batch, effect, type Signal, signal } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { BarChord } from "../../bridge/client/generated/protocol.ts";
import { type WrittenChords, withText } from "../document/chords.ts";
import { trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { areChordsShown } from "../ui/frame-state.ts";
import { plainText, sentence } from "../ui/plain-words.ts";
import { say } from "./actions.ts";
import { revealRegion } from "./region.ts";

/** After a note was changed, before the daemon is asked. */
const REST_MS = 400;

/** A chord in a bar: where it starts there, 0 to 1. */
export interface ShownChord {
  readonly symbol: string;
  readonly at: number;
}

export interface BarChords {
  readonly chords: readonly ShownChord[];
  /** By the musician; else they are those that sound. */
  readonly isWritten: boolean;
}

export class Chords {
  /** Those that sound, as the daemon hears them. */
  readonly heard = signal<readonly BarChord[]>([]);
  /** The bar that is being written, from 0. */
  readonly editedBar: Signal<number | undefined> = signal(undefined);
  /** Why what was typed was not taken. */
  readonly problem: Signal<string | undefined> = signal(undefined);
  private readonly store: Store;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(store: Store) {
    this.store = store;
    effect(() => {
      clearTimeout(this.timer);
      const [song, rollId] = [store.song.value, store.roll.value?.rollId];
      const isOpen = store.connection.value === "open";
      if (rollId === undefined) {
        batch(() => {
          this.heard.value = [];
          this.editedBar.value = undefined;
        });
        return;
      }
      const own = trackById(song, store.activeTrackId.value);
      const trackId = own?.pattern === undefined ? undefined : own.id;
      if (areChordsShown.value && isOpen) {
        this.timer = setTimeout(() => void this.listen(rollId, trackId), REST_MS);
      }
    });
  }

  /** What is shown in a bar; nothing where the chord before it goes on. */
  inBar(bar: number): BarChords {
    const text = this.store.chords.value.get(bar);
    if (text !== undefined) {
      const symbols = text.split(" ");
      return {
        chords: symbols.map((symbol, index) => ({ symbol, at: index / symbols.length })),
        isWritten: true,
      };
    }
    const { bars } = this.store;
    const [start, end] = [bars.value.startTick(bar), bars.value.endTick(bar)];
    const heard = this.heard.value.filter(({ startTick }) => startTick >= start && startTick < end);
    const chords = heard.map(({ symbol, startTick }) => ({
      symbol,
      at: (startTick - start) / (end - start),
    }));
    return { chords, isWritten: false };
  }

  /** Write a bar's chords; it is shown, and so is the lane. */
  edit(bar: number): void {
    const { bars } = this.store;
    batch(() => {
      areChordsShown.value = true;
      this.problem.value = undefined;
      this.editedBar.value = bar;
    });
    const trackId = this.store.activeTrackId.value ?? "";
    revealRegion(this.store, {
      trackId,
      startTick: bars.value.startTick(bar),
      endTick: bars.value.endTick(bar),
    });
  }

  /** The bar at the cursor. */
  editHere(): void {
    this.edit(this.store.bars.value.barAtTick(this.store.cursorTick.value));
  }

  leave(): void {
    batch(() => {
      this.editedBar.value = undefined;
      this.problem.value = undefined;
    });
  }

  /**
   * Take what was typed for a bar, and for those after it where it has several; nothing leaves the bar to the music.
   * @returns whether it was understood; `problem` says why not
   */
  async write(bar: number, text: string): Promise<boolean> {
    const { store } = this;
    const written = withText(store.chords.value, bar, text);
    const problem = await this.problemOf(written, bar, text);
    if (problem === undefined) {
      const now = withText(store.chords.value, bar, text);
      if (!isSame(now, store.chords.value)) {
        store.chords.value = now;
        say(
          store,
          text.trim() === "" ? `Bar ${bar + 1}: chords as they sound` : `Bar ${bar + 1}: ${text.trim()}`,
        );
      }
    }
    this.problem.value = problem;
    return problem === undefined;
  }

  private async problemOf(written: WrittenChords, bar: number, text: string): Promise<string | undefined> {
    const { store } = this;
    const rollId = store.roll.value?.rollId;
    if (text.trim() === "" || rollId === undefined || isSame(written, store.chords.value)) return undefined;
    const [startTick, endTick] = [store.bars.value.startTick(bar), store.bars.value.endTick(bar)];
    try {
      await store.client.daemon.call("roll/chords", { rollId, text, startTick, endTick });
      return undefined;
    } catch (thrown) {
      return chordProblem(thrown, bar + 1) ?? plainText(thrown);
    }
  }

  private async listen(rollId: string, trackId: string | undefined): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    try {
      await this.store.client.settled();
      const params = trackId === undefined ? { rollId } : { rollId, trackId };
      const { chords } = await this.store.client.daemon.call("roll/chords", params);
      if (asked === this.asked && this.store.roll.value?.rollId === rollId) this.heard.value = chords;
    } catch {
      // Names over the bars; the fill hears the chords by itself.
    }
  }
}

/** Which of the written chords is wrong, in which bar of the song, and why. @param firstBar  of the text, from 1 */
export function chordProblem(thrown: unknown, firstBar: number): string | undefined {
  if (!(thrown instanceof BridgeError) || thrown.code !== "CHORD_UNKNOWN") return undefined;
  const { symbol, bar, reason } = thrown.data;
  if (typeof bar !== "number" || typeof reason !== "string") return undefined;
  const name = typeof symbol === "string" && symbol !== "" ? `“${symbol}” in bar` : "Bar";
  return sentence(`${name} ${firstBar + bar - 1}: ${reason}`);
}

function isSame(a: WrittenChords, b: WrittenChords): boolean {
  return a.size === b.size && [...a].every(([bar, text]) => b.get(bar) === text);
}

const lanes = new WeakMap<Store, Chords>();

export function chordsOf(store: Store): Chords {
  const known = lanes.get(store);
  if (known !== undefined) return known;
  const made = new Chords(store);
  lanes.set(store, made);
  return made;
}
