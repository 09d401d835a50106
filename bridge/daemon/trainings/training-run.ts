/**
 * One training: its plan, its current process, and the events it has reported.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BridgeError } from "../../bridge-error.ts";
import { MODEL_FILE } from "../../engine/models.ts";
import type {
  RunState,
  TrainingCheckpoint,
  TrainingPoint,
  TrainingRunEntry,
} from "../../protocol/training.ts";
import { exportedSteps } from "../../training/exported-checkpoints.ts";
import { Child, isAlive } from "./child.ts";
import { curveOf } from "./curve.ts";
import { EventTail } from "./event-tail.ts";
import { dropExportedCheckpoints, RUN_PREFIX } from "./run-models.ts";
import { MODEL_FOLDER } from "./training-folders.ts";
import { type TrainingPlan, writePlan } from "./training-plan.ts";
import { buildArguments, canGoOn, trainArguments } from "./work.ts";

/** How long the program of a daemon that is gone may take to write its checkpoint. */
const ORPHAN_MS = 120_000;

interface RunFolders {
  run: string;
  data: string;
}

export class TrainingRun {
  plan: TrainingPlan;
  private readonly folders: RunFolders;
  private readonly env: NodeJS.ProcessEnv;
  private readonly tail: EventTail;
  private child: Child | undefined;
  private requestedEnd: "paused" | "stopped" | undefined;
  /** Set for a program that an earlier daemon started. */
  private orphanUntil = 0;

  constructor(plan: TrainingPlan, folders: RunFolders, env: NodeJS.ProcessEnv) {
    [this.plan, this.folders, this.env] = [plan, folders, env];
    this.tail = new EventTail(folders.run);
    if (plan.pid !== null) this.orphanUntil = performance.now() + ORPHAN_MS;
    const wasAtWork = plan.state === "preparing" || plan.state === "training" || plan.state === "waiting";
    if (wasAtWork) this.plan = { ...plan, state: "paused" };
  }

  get folder(): string {
    return this.folders.run;
  }

  get state(): RunState {
    if (this.requestedEnd !== undefined) return "pausing";
    // The state of an earlier daemon's process is unknown; it was asked to end, and does.
    return this.plan.state === "paused" && this.isOrphaned() ? "pausing" : this.plan.state;
  }

  /** Whether an earlier daemon's program still writes its checkpoint. */
  isOrphaned(): boolean {
    if (this.child !== undefined || this.plan.pid === null) return false;
    return performance.now() < this.orphanUntil && isAlive(this.plan.pid);
  }

  /** @returns whether an earlier daemon's program has ended since the last look */
  seesOrphanEnd(): boolean {
    if (this.child !== undefined || this.plan.pid === null || this.isOrphaned()) return false;
    this.set({ pid: null });
    this.tail.restart();
    this.tail.look();
    return true;
  }

  set(change: Partial<TrainingPlan>): void {
    this.plan = { ...this.plan, ...change };
    writePlan(this.folder, this.plan);
  }

  /** Read the files, train, and say how it ended in the plan. */
  async work(onChange: () => void): Promise<void> {
    const { run, data } = this.folders;
    let error: BridgeError | undefined;
    if (!canGoOn(run)) {
      this.tail.restart();
      error = await this.runProgram("preparing", buildArguments(this.plan.folders, data), onChange);
    }
    if (error === undefined && this.requestedEnd === undefined) {
      this.tail.look();
      const args = trainArguments(this.plan, data, run, this.trainedSeconds);
      this.tail.restart();
      error = await this.runProgram("training", args, onChange);
    }
    this.tail.restart();
    this.look();
    const { requestedEnd } = this;
    this.requestedEnd = undefined;
    if (error !== undefined) {
      const { code, message, data: details, retryable } = error;
      this.set({ state: "failed", pid: null, error: { code, message, data: details, retryable } });
    } else {
      const isOver = requestedEnd === undefined || this.plan.minutes * 60 - this.trainedSeconds < 1;
      this.set({ state: isOver ? "done" : requestedEnd, pid: null });
    }
    if (this.plan.state === "done" || this.plan.state === "stopped") dropExportedCheckpoints(this.folder);
    onChange();
  }

  /** Have it end as soon as it has written its checkpoint. */
  end(requestedEnd: "paused" | "stopped"): void {
    this.requestedEnd = requestedEnd;
    this.child?.end();
  }

  /** The daemon ends: what trains writes its checkpoint, and is found paused. */
  leave(): void {
    if (this.child === undefined) return;
    // If its exit is still seen, that is not the end of the training.
    this.requestedEnd = "paused";
    this.set({ state: "paused" });
    this.child.leave();
  }

  remove(): void {
    for (const folder of [this.folders.run, this.folders.data]) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Read on. @returns whether there was anything new */
  look(): boolean {
    return this.tail.look();
  }

  points(): TrainingPoint[] {
    return curveOf(this.tail.history);
  }

  checkpoints(): TrainingCheckpoint[] {
    const { heldOut, best } = this.tail.history;
    const own = `${RUN_PREFIX}${this.plan.runId}`;
    const kept = exportedSteps(this.folder).map(({ name, step }) => ({
      model: `${own}/${name}`,
      step,
      heldOutLoss: heldOut.findLast((event) => event.step <= step)?.loss ?? null,
    }));
    if (!this.hasModel) return kept;
    const last = this.tail.history.steps.at(-1);
    return [...kept, { model: own, step: (best ?? last)?.step ?? 0, heldOutLoss: best?.loss ?? null }];
  }

  entry(): TrainingRunEntry {
    const { pid: _, version: _version, ...plan } = this.plan;
    const { start, steps, heldOut, best } = this.tail.history;
    const last = steps.at(-1);
    const isTraining = this.plan.state === "training";
    const left = Math.max(0, plan.minutes * 60 - this.trainedSeconds);
    return {
      ...plan,
      state: this.state,
      pieces: start?.pieces ?? null,
      heldOutPieces: start?.heldOutPieces ?? null,
      notes: start?.notes ?? null,
      step: last?.step ?? 0,
      trainedSeconds: this.trainedSeconds,
      secondsLeft: plan.state === "done" || plan.state === "stopped" ? null : left,
      notesPerSecond: isTraining ? (last?.notesPerSecond ?? null) : null,
      memoryMib: isTraining ? (last?.memoryMib ?? null) : null,
      trainLoss: last?.loss ?? null,
      lossBefore: heldOut[0]?.loss ?? null,
      lossBest: best?.loss ?? null,
      bestStep: best?.step ?? null,
      hasModel: this.hasModel,
    };
  }

  private get trainedSeconds(): number {
    return this.tail.history.steps.at(-1)?.seconds ?? 0;
  }

  private get hasModel(): boolean {
    return existsSync(join(this.folder, MODEL_FOLDER, MODEL_FILE));
  }

  private async runProgram(
    state: "preparing" | "training",
    args: readonly string[],
    onChange: () => void,
  ): Promise<BridgeError | undefined> {
    if (this.requestedEnd !== undefined) return undefined;
    this.child = new Child(args, this.folder, this.env);
    this.set({ state, pid: this.child.pid, error: null });
    onChange();
    try {
      return await this.child.ended;
    } finally {
      this.child = undefined;
    }
  }
}
