/**
 * All trainings of the user: one works, the others wait. They outlive the daemon as folders.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { trainAddonProblem } from "../../engine/addon.ts";
import { readModelInfo } from "../../engine/engine.ts";
import { importModel } from "../../engine/user-models.ts";
import type { Params } from "../../protocol/methods.ts";
import type { TrainingRunEntry } from "../../protocol/training.ts";
import { judge } from "../../training/outcome.ts";
import { checkFolder } from "./datasets.ts";
import { dropExportedCheckpoints, RUN_PREFIX } from "./run-models.ts";
import { MODEL_FOLDER, runNotFound, TrainingFolders } from "./training-folders.ts";
import { readPlan } from "./training-plan.ts";
import { TrainingRun } from "./training-run.ts";

const LOOK_MS = 500;
const TELL_MS = 1_000;
const SLUG_CHARACTERS = 32;

interface TrainingsOptions {
  env: NodeJS.ProcessEnv;
  /** What a training goes on from that names nothing. @throws BridgeError MODEL_NOT_FOUND */
  chooseModel(id: string | undefined): { id: string };
  onChange(run: TrainingRunEntry): void;
  onRemove(runId: string): void;
}

export class Trainings {
  private readonly options: TrainingsOptions;
  private readonly folders: TrainingFolders;
  private readonly runs = new Map<string, TrainingRun>();
  private readonly timer: NodeJS.Timeout;
  private active: TrainingRun | undefined;
  private notifiedAt = 0;
  private hasNews = false;
  private isClosed = false;

  constructor(options: TrainingsOptions) {
    this.options = options;
    this.folders = new TrainingFolders(options.env);
    for (const runId of existsSync(this.folders.runs) ? readdirSync(this.folders.runs) : []) {
      const plan = readPlan(join(this.folders.runs, runId));
      if (plan === undefined || plan.runId !== runId) continue;
      this.runs.set(runId, this.open(plan));
    }
    for (const run of this.runs.values()) run.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  list(): TrainingRunEntry[] {
    const runs = [...this.runs.values()].map((run) => run.entry());
    return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  /** @throws BridgeError RUN_NOT_FOUND */
  get(runId: string): TrainingRun {
    const run = this.runs.get(runId);
    if (run === undefined) throw runNotFound(runId);
    return run;
  }

  /** @throws BridgeError ADDON_NOT_FOUND, FOLDER_NOT_FOUND, DATASET_EMPTY, MODEL_NOT_FOUND, OPTION_CONFLICT, NAME_INVALID */
  start({ name, folders, dataset, from, model, minutes }: Params<"training/start">): TrainingRunEntry {
    if (from !== undefined && model !== undefined) {
      throw new BridgeError(
        "OPTION_CONFLICT",
        "a training goes on from a model or begins a kind of network; give one of them",
      );
    }
    // Before files are read for nothing.
    const problem = trainAddonProblem();
    if (problem !== undefined) throw problem;
    const base = model === undefined ? this.options.chooseModel(from).id : null;
    if (base?.startsWith(RUN_PREFIX)) {
      throw new BridgeError(
        "MODEL_NOT_FOUND",
        `${base} is a training; install its model, then go on from that`,
        { data: { model: base } },
      );
    }
    const own = dataset === undefined ? [] : [this.folders.files(dataset)];
    const all = [...own, ...folders];
    if (all.length === 0) {
      throw new BridgeError("DATASET_EMPTY", "nothing to learn from; name a folder or add files");
    }
    for (const folder of all) checkFolder(folder);
    const startedAt = new Date().toISOString();
    const plan = {
      version: 1 as const,
      ...{ runId: newId(name), name, startedAt, folders: all, from: base, model: model ?? null, minutes },
      ...{ state: "waiting" as const, pid: null, installedAs: null, error: null },
    };
    const run = this.open(plan);
    // Opened first, since a plan that waits is taken for that of a daemon that is gone.
    run.set({ state: "waiting" });
    this.runs.set(plan.runId, run);
    this.pump();
    return run.entry();
  }

  /** @throws BridgeError RUN_NOT_FOUND, RUN_STATE */
  pause(runId: string): TrainingRunEntry {
    return this.end(runId, "paused");
  }

  /** @throws BridgeError RUN_NOT_FOUND, RUN_STATE */
  stop(runId: string): TrainingRunEntry {
    const run = this.get(runId);
    if (run.state === "paused" || run.state === "failed") {
      run.set({ state: "stopped" });
      dropExportedCheckpoints(run.folder);
      return this.notify(run);
    }
    return this.end(runId, "stopped");
  }

  /** @throws BridgeError RUN_NOT_FOUND, RUN_STATE */
  resume(runId: string): TrainingRunEntry {
    const run = this.get(runId);
    if (!["paused", "pausing", "failed"].includes(run.state) || run === this.active) {
      throw wrongState(run, "only one that is paused can go on");
    }
    run.set({ state: "waiting", error: null });
    this.pump();
    return this.notify(run);
  }

  /** Delete it, and its dataset. @throws BridgeError RUN_NOT_FOUND, RUN_STATE */
  remove(runId: string): { removed: string } {
    const run = this.get(runId);
    if (run === this.active || run.isOrphaned()) throw wrongState(run, "only one that rests can be deleted");
    this.runs.delete(runId);
    run.remove();
    this.options.onRemove(runId);
    return { removed: runId };
  }

  /** @throws BridgeError RUN_NOT_FOUND, RUN_STATE, MODEL_WORSE, MODEL_EXISTS, MODEL_NAME_INVALID, MODEL_NOT_WRITTEN */
  async install({ runId, name, force }: Params<"training/install">): Promise<{ model: string }> {
    const run = this.get(runId);
    if (run === this.active || !run.entry().hasModel) {
      throw wrongState(run, "a model can be taken from one that is paused or has ended");
    }
    if (!force) judge(run.folder);
    const { env } = this.options;
    const folder = join(run.folder, MODEL_FOLDER);
    // Read as a fill will, so that damage is found now.
    await readModelInfo({ id: name, folder });
    const { id } = importModel(folder, {
      ...{ name, licence: "your own", source: `trained here as ${run.plan.name}`, env },
    });
    run.set({ installedAs: id });
    this.notify(run);
    return { model: id };
  }

  /** What works goes on to its checkpoint without the daemon. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.active?.leave();
  }

  private open(plan: TrainingRun["plan"]): TrainingRun {
    const { runId } = plan;
    const folders = { run: this.folders.run(runId), data: this.folders.data(runId) };
    return new TrainingRun(plan, folders, this.options.env);
  }

  private end(runId: string, state: "paused" | "stopped"): TrainingRunEntry {
    const run = this.get(runId);
    if (run === this.active) run.end(state);
    else if (run.state === "waiting") run.set({ state });
    else throw wrongState(run, "only one that trains or waits can be ended");
    return this.notify(run);
  }

  private pump(): void {
    if (this.active !== undefined || this.isClosed) return;
    const waiting = [...this.runs.values()].filter(({ state }) => state === "waiting");
    const next = waiting.find((run) => !run.isOrphaned());
    if (next === undefined) return;
    this.active = next;
    const onChange = () => this.notify(next);
    next
      .work(onChange)
      .catch((thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        const error = { code: "TRAINING_FAILED", message, data: {}, retryable: true };
        next.plan = { ...next.plan, state: "failed", pid: null, error };
        this.notify(next);
      })
      .finally(() => {
        this.active = undefined;
        this.pump();
      });
  }

  private look(): void {
    for (const run of this.runs.values()) if (run !== this.active && run.seesOrphanEnd()) this.notify(run);
    this.pump();
    const run = this.active;
    if (run === undefined) return;
    this.hasNews = run.look() || this.hasNews;
    if (!this.hasNews || performance.now() - this.notifiedAt < TELL_MS) return;
    this.notify(run);
  }

  private notify(run: TrainingRun): TrainingRunEntry {
    this.hasNews = false;
    this.notifiedAt = performance.now();
    const entry = run.entry();
    if (!this.isClosed) this.options.onChange(entry);
    return entry;
  }
}

function wrongState(run: TrainingRun, what: string): BridgeError {
  const { runId, name } = run.plan;
  return new BridgeError("RUN_STATE", `${name} is ${run.state}, and ${what}`, {
    data: { runId, state: run.state },
  });
}

/** From the name, with what makes it the only one of it. */
function newId(name: string): string {
  const slug = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, SLUG_CHARACTERS);
  return `${slug || "run"}-${randomBytes(4).toString("hex")}`;
}
