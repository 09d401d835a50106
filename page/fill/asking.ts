/**
 * A fill from the request to the daemon's answer, with its progress. One at a time: the next one cancels
 * the one before.
 */
import { batch, signal } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { FillRequest, FillResult } from "../../bridge/client/generated/protocol.ts";
import { notesIn, type PageRegion } from "../document/song.ts";
import type { Store } from "../state.ts";
import { placeName } from "./place.ts";
import { type Asked, type Base, type FillRecord, recordOf } from "./record.ts";
import { requestOf } from "./request.ts";
import { type Run, withCandidate, withProgress } from "./run.ts";
import { type FillSettings, wishOf } from "./settings.ts";
import { type Problem, problemOf } from "./words.ts";

export interface Wish {
  readonly region: PageRegion;
  readonly settings: FillSettings;
  readonly base: Base | undefined;
  /** "like B, " where it is one like another candidate, for its name among earlier fills. */
  readonly like: string;
}

export class Asking {
  /** Being made. */
  readonly run = signal<Run | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  lastWish: Wish | undefined;

  private readonly store: Store;
  private readonly onDone: (record: FillRecord, index: number) => void;
  private running = new AbortController();

  /** @param onDone  receives the candidates, and the selected one */
  constructor(store: Store, onDone: (record: FillRecord, index: number) => void) {
    [this.store, this.onDone] = [store, onDone];
  }

  /** Give up the fill that is being made; the song is as it was. */
  cancel(): void {
    this.running.abort();
    this.run.value = undefined;
  }

  begin(wish: Wish): void {
    this.cancel();
    const { region, settings, base, like } = wish;
    const song = this.store.song.value;
    const locked = this.store.locked.value;
    const request = requestOf({ ...wish, song, locked, pitchRange: this.store.pitchRange.value });
    const place = placeName(this.store.bars.value, region);
    const isVary = settings.mode === "vary";
    const leaving = isVary ? (base?.old ?? []) : notesIn(song, region).filter(({ id }) => !locked.has(id));
    this.running = new AbortController();
    this.lastWish = wish;
    batch(() => {
      this.problem.value = undefined;
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
    this.onDone(record, Math.max(0, index));
  }
}
