/**
 * The events besides notes that shape the sound of the open song's tracks, fetched once for each song.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Store } from "../state.ts";
import { TrackControls } from "./controls.ts";

const NONE: ReadonlyMap<string, TrackControls> = new Map();

export class SongControls {
  private readonly current = signal(NONE);
  private readonly store: Store;
  private rollId: string | undefined;
  private isKnown = false;

  constructor(store: Store) {
    this.store = store;
    effect(() => {
      const rollId = store.roll.value?.rollId;
      const isOpen = store.connection.value === "open";
      if (rollId !== this.rollId) {
        this.rollId = rollId;
        this.isKnown = false;
        this.current.value = NONE;
      }
      // Again where the daemon was away.
      if (rollId === undefined || this.isKnown || !isOpen || store.roll.peek()?.file === null) return;
      this.isKnown = true;
      void this.fetch(rollId);
    });
  }

  /** Of each track whose file says something, by its id. */
  get value(): ReadonlySignal<ReadonlyMap<string, TrackControls>> {
    return this.current;
  }

  private async fetch(rollId: string): Promise<void> {
    const { client } = this.store;
    try {
      const { tracks, leftOut } = await client.daemon.call("roll/controls", { rollId });
      if (rollId !== this.rollId) return;
      const audible = tracks.filter(({ events }) => events.length > 0);
      this.current.value = new Map(audible.map(({ id, events }) => [id, new TrackControls(events)]));
      if (leftOut > 0) {
        this.store.tell(
          "info",
          "This song has more controllers than the page can play; the last ones are left out.",
        );
      }
    } catch {
      // The song is heard without them; of a daemon that is away the banner tells.
      if (rollId === this.rollId) this.isKnown = false;
    }
  }
}
