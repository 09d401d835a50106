/**
 * Checkpoints of a run exported as models to RUN/heard, to listen to while it continues. The training process writes
 * them, since it has the memory.
 */
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { RunEvent } from "../engine/train-schemas.ts";
import { exportCheckpoint } from "../engine/training.ts";

export const EXPORTED_FOLDER = "heard";
/** A checkpoint that was kept, and its model. */
export const CHECKPOINT = /^step-(\d{9})\.safetensors$/;
export const EXPORTED = /^step-(\d{9})$/;

export interface Step {
  readonly name: string;
  readonly step: number;
}

/** Exported checkpoints of a run by step. */
export function exportedSteps(run: string): Step[] {
  return stepsIn(join(run, EXPORTED_FOLDER), EXPORTED);
}

/** Names of a folder that are those of steps, by step. */
export function stepsIn(folder: string, pattern: RegExp): Step[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.flatMap((name) => {
    const step = pattern.exec(name)?.[1];
    return step === undefined ? [] : [{ name, step: Number(step) }];
  });
}

export class CheckpointExporter {
  private readonly run: string;
  private last: Promise<void> = Promise.resolve();

  constructor(run: string) {
    this.run = run;
  }

  /** One after the other, beside the training. */
  add(event: RunEvent): void {
    if (event.event !== "checkpoint" || event.kind !== "kept") return;
    const checkpoint = join(this.run, basename(event.path));
    this.last = this.last.then(() => this.write(checkpoint));
  }

  /** Resolves when all are written. */
  async settled(): Promise<void> {
    await this.last;
  }

  private async write(checkpoint: string): Promise<void> {
    const output = join(this.run, EXPORTED_FOLDER, basename(checkpoint, ".safetensors"));
    const part = `${output}.part`;
    try {
      rmSync(part, { recursive: true, force: true });
      await exportCheckpoint({ run: this.run, checkpoint, output: part, modelId: basename(this.run) });
      rmSync(output, { recursive: true, force: true });
      renameSync(part, output);
    } catch {
      // It made room for a later one meanwhile, or the disk is full: the training itself goes on.
      rmSync(part, { recursive: true, force: true });
    }
  }
}
