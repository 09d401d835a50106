/**
 * A fill from the request to the daemon's answer, with its progress. One at a time: the next one cancels
 * the one before.
 */
import { batch, signal } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { FillRequest, FillResult } from "../../bridge/client/generated/protocol.ts";
import { type AddedTrack, notesIn, type PageRegion, regionsOf } from "../document/song.ts";
import type { Store } from "../state.ts";
import type { PartForm } from "./adding.ts";
import { type Asked, type Base, type FillRecord, recordOf } from "./record.ts";
import { regionTitle } from "./region-bars.ts";
import { requestOf } from "./request.ts";
import { type FillSettings, summaryOf } from "./settings.ts";
import { type UnfinishedFill, withCandidate, withProgress } from "./unfinished-fill.ts";
import { type Problem, problemOf } from "./words.ts";

/** What a fill is started with, and repeated with. */
export interface Attempt {
  readonly region: PageRegion;
  readonly settings: FillSettings;
  readonly base: Base | undefined;
  /** "like B, " where it is one like another candidate, for its name among earlier fills. */
  readonly like: string;
  readonly pitchRange: readonly [lowest: number, highest: number] | undefined;
  /** A part that is added: the form that asked for it, and its track. */
  readonly part?: { readonly form: PartForm; readonly track: AddedTrack } | undefined;
}

export class Asking {
  /** Being made. */
  readonly unfinished = signal<UnfinishedFill | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  lastAttempt: Attempt | undefined;

  private readonly store: Store;
  private readonly onDone: (record: FillRecord, index: number) => void;
  private readonly onFailed: (attempt: Attempt, thrown: unknown) => boolean;
  private running = new AbortController();

  /**
   * @param onDone    receives the candidates, and the selected one
   * @param onFailed  says by itself what was wrong, or not
   */
  constructor(
    store: Store,
    onDone: (record: FillRecord, index: number) => void,
    onFailed: (attempt: Attempt, thrown: unknown) => boolean = () => false,
  ) {
    [this.store, this.onDone, this.onFailed] = [store, onDone, onFailed];
  }

  /** Give up the fill that is being made; the song is as it was. */
  cancel(): void {
    this.running.abort();
    this.unfinished.value = undefined;
  }

  begin(attempt: Attempt): void {
    this.cancel();
    const { region, settings, base, like } = attempt;
    const song = this.store.song.value;
    const locked = this.store.locked.value;
    const chords = this.store.chords.value;
    const request = requestOf({ ...attempt, song, locked, chords });
    const title = regionTitle(this.store.bars.value, region);
    const isVary = settings.mode === "vary";
    const inside = regionsOf(region).flatMap((one) => notesIn(song, one));
    const leaving = isVary ? (base?.old ?? []) : inside.filter(({ id }) => !locked.has(id));
    this.running = new AbortController();
    this.lastAttempt = attempt;
    batch(() => {
      this.problem.value = undefined;
      this.unfinished.value = {
        region,
        title,
        asked: settings.candidates,
        hidden: new Set(leaving.map(({ id }) => id)),
        fraction: 0,
        notes: [],
        candidates: [],
        picked: undefined,
      };
    });
    const draft = this.store.draft(region.trackId);
    const asked = { song, region, base, title, summary: `${like}${summaryOf(request)}`, draft };
    void this.ask(request, asked, attempt, this.running.signal);
  }

  private async ask(
    request: FillRequest,
    asked: Omit<Asked, "jobId" | "at">,
    attempt: Attempt,
    stopped: AbortSignal,
  ): Promise<void> {
    let jobId = "";
    const update = (next: (unfinished: UnfinishedFill) => UnfinishedFill) => {
      if (!stopped.aborted && this.unfinished.value !== undefined)
        this.unfinished.value = next(this.unfinished.value);
    };
    try {
      const result = await this.store.client.daemon.fill(request, {
        signal: stopped,
        onStart: (id) => {
          jobId = id;
        },
        onProgress: (progress) => update((unfinished) => withProgress(unfinished, progress)),
        onCandidate: (candidate) => update((unfinished) => withCandidate(unfinished, candidate)),
      });
      if (!stopped.aborted) this.finish({ ...asked, jobId, at: Date.now() }, result);
    } catch (thrown) {
      if (stopped.aborted) return;
      this.unfinished.value = undefined;
      const isWanted = thrown instanceof BridgeError && thrown.code === "CANCELLED";
      if (isWanted || this.onFailed(attempt, thrown)) return;
      this.problem.value = problemOf(thrown, this.store.bars.value.barAtTick(attempt.region.startTick) + 1);
    }
  }

  private finish(asked: Asked, result: FillResult): void {
    const record = recordOf(asked, result);
    const { picked = 0, candidates = [] } = this.unfinished.value ?? {};
    // The order of the answer may be another one than that in which they came.
    const seed = this.unfinished.value?.picked === undefined ? undefined : candidates[picked]?.seed;
    const index = record.candidates.findIndex((candidate) => candidate.seed === seed);
    this.onDone(record, Math.max(0, index));
  }
}
