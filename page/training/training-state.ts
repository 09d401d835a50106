/**
 * The state of the training window: the daemon's trainings, and details of the selected one.
 */
import { batch, signal } from "@preact/signals";
import type {
  DatasetReport,
  ModelCard,
  TrainingCheckpoint,
  TrainingPoint,
  TrainingRun,
} from "../../bridge/client/generated/protocol.ts";
import type { Store } from "../state.ts";

export type Shown =
  | { readonly kind: "new" }
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "models" }
  | { readonly kind: "blind" };

export class TrainingPageState {
  /** undefined until the daemon has sent them. */
  readonly runs = signal<readonly TrainingRun[] | undefined>(undefined);
  /** Why nothing can be trained here. */
  readonly problem = signal<string | undefined>(undefined);
  readonly shown = signal<Shown>({ kind: "new" });
  readonly models = signal<readonly ModelCard[]>([]);
  /** Of the run on show. */
  readonly points = signal<readonly TrainingPoint[]>([]);
  readonly checkpoints = signal<readonly TrainingCheckpoint[]>([]);
  readonly report = signal<DatasetReport | undefined>(undefined);
  readonly store: Store;
  private isAsking = false;

  constructor(store: Store) {
    this.store = store;
  }

  /** Hear the daemon. @returns what ends that */
  listen(): () => void {
    const { daemon } = this.store.client;
    const ends = [
      daemon.on("training/changed", ({ run }) => this.changed(run)),
      daemon.on("training/removed", ({ runId }) => this.removed(runId)),
      daemon.on("models/changed", () => void this.readModels()),
    ];
    void this.read();
    void this.readModels();
    return () => {
      for (const end of ends) end();
    };
  }

  /** Of the run on show. */
  get run(): TrainingRun | undefined {
    const shown = this.shown.value;
    if (shown.kind !== "run") return undefined;
    return this.runs.value?.find(({ runId }) => runId === shown.runId);
  }

  show(shown: Shown): void {
    batch(() => {
      this.shown.value = shown;
      this.points.value = [];
      this.checkpoints.value = [];
      this.report.value = undefined;
    });
    if (shown.kind === "run") void this.readRun(shown.runId);
  }

  /** Do something with a run, and show its new state. */
  async act(method: "training/pause" | "training/resume" | "training/stop", runId: string): Promise<void> {
    await this.attempt(async () => this.changed(await this.store.client.daemon.call(method, { runId })));
  }

  /** Put a run, as received, among the others. */
  changed(run: TrainingRun): void {
    const others = (this.runs.value ?? []).filter(({ runId }) => runId !== run.runId);
    this.runs.value = [...others, run].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    if (this.run?.runId === run.runId) void this.readRun(run.runId);
  }

  removed(runId: string): void {
    const isShown = this.run?.runId === runId;
    this.runs.value = this.runs.value?.filter((run) => run.runId !== runId);
    if (isShown) this.show({ kind: "new" });
  }

  /** What fails is said. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.store.fail(thrown);
      return undefined;
    }
  }

  private async read(): Promise<void> {
    const answer = await this.attempt(() => this.store.client.daemon.call("training/list", {}));
    if (answer === undefined) return;
    this.runs.value = answer.runs;
    this.problem.value = answer.problem ?? undefined;
    const [latest] = answer.runs;
    if (latest !== undefined && this.shown.value.kind === "new") {
      this.show({ kind: "run", runId: latest.runId });
    }
  }

  async readModels(): Promise<void> {
    const answer = await this.attempt(() => this.store.client.daemon.call("models/cards", {}));
    if (answer !== undefined) this.models.value = answer.models;
  }

  private async readRun(runId: string): Promise<void> {
    // Later changes are sent again.
    if (this.isAsking) return;
    this.isAsking = true;
    const answer = await this.attempt(() => this.store.client.daemon.call("training/get", { runId }));
    this.isAsking = false;
    const shown = this.shown.value;
    if (shown.kind !== "run") return;
    if (shown.runId !== runId) return this.readRun(shown.runId);
    if (answer === undefined) return;
    batch(() => {
      this.points.value = answer.points;
      this.checkpoints.value = answer.checkpoints;
    });
    if (this.report.value === undefined && answer.run.pieces !== null) void this.readReport(runId);
  }

  private async readReport(runId: string): Promise<void> {
    try {
      const report = await this.store.client.daemon.call("dataset/info", { runId });
      if (this.run?.runId === runId) this.report.value = report;
    } catch {
      // Still being built; asked again as the run goes on.
    }
  }
}
