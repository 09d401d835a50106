/**
 * Choices of the controls that come from the daemon: its models, and the scale that the notes around the region suggest.
 */
import { effect, signal } from "@preact/signals";
import type { Model } from "../../bridge/client/generated/protocol.ts";
import type { Tick } from "../../bridge/music/time.ts";
import type { Store } from "../state.ts";

/** After the region was drawn, before the daemon is asked. */
const REST_MS = 250;

export class Surroundings {
  readonly models = signal<readonly Model[]>([]);
  /** Such as "D minor"; undefined where it is not known, or nothing sounds. */
  readonly scale = signal<string | undefined>(undefined);
  private readonly store: Store;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store) {
    this.store = store;
    store.client.daemon.on("models/changed", ({ models }) => {
      this.models.value = models;
    });
    effect(() => {
      if (store.connection.value === "open") void this.listModels();
    });
    effect(() => {
      clearTimeout(this.timer);
      const [region, rollId] = [store.region.value, store.roll.value?.rollId];
      this.scale.value = undefined;
      if (region === undefined || rollId === undefined) return;
      this.timer = setTimeout(() => void this.askScale(rollId, region), REST_MS);
    });
  }

  private async listModels(): Promise<void> {
    try {
      this.models.value = (await this.store.client.daemon.call("models/list", {})).models;
    } catch {
      // Asked again when the connection is there; without them the default is used.
    }
  }

  private async askScale(
    rollId: string,
    region: { trackId: string; startTick: Tick; endTick: Tick },
  ): Promise<void> {
    try {
      const { scale } = await this.store.client.daemon.call("roll/scale", { rollId, region });
      if (this.store.region.value === region) this.scale.value = scale ?? undefined;
    } catch {
      // A name beside a control; the fill finds the scale by itself.
    }
  }
}
