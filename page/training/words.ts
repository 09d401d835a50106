/**
 * A training in words.
 */

import type { TrainingRun, TrainingState } from "../../bridge/client/generated/protocol.ts";
import { plural } from "../../bridge/plural.ts";

export const STATE_WORDS: Readonly<Record<TrainingState, string>> = {
  waiting: "Waiting",
  preparing: "Reading files",
  training: "Training",
  pausing: "Saving…",
  paused: "Paused",
  stopped: "Stopped",
  done: "Done",
  failed: "Failed",
};

/** "2 h 5 min", "12 min", "40 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** "12 345". */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ");
}

/** With thousands apart. */
export function counted(value: number, one: string): string {
  return plural(value, one, count(value));
}

export function loss(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

/** 0 to 1. */
export function fractionOf({ trainedSeconds, minutes, state }: TrainingRun): number {
  if (state === "done") return 1;
  return Math.min(1, trainedSeconds / (minutes * 60));
}

export function isAtWork({ state }: Pick<TrainingRun, "state">): boolean {
  return state === "preparing" || state === "training" || state === "pausing";
}

/** What it goes on from, or what it begins. */
export function originOf({ from, model }: TrainingRun): string {
  return from === null ? `${model ?? "a network"} from scratch` : `from ${from}`;
}

/** Where it learns from: paths, but for those of the daemon's own folder. */
export function sourcesOf({ folders }: TrainingRun): string {
  return folders
    .map((path) => (/[\\/]datasets[\\/][^\\/]+[\\/]files$/.test(path) ? "dropped files" : path))
    .join(", ");
}

/** How much better what was held out is now, in a sentence. */
export function changeOf(run: TrainingRun): string {
  const { lossBefore, lossBest, heldOutPieces } = run;
  if (heldOutPieces === 0) {
    return "No files were held out to measure with: that takes five files or more.";
  }
  if (lossBefore === null || lossBest === null) return "Not measured yet.";
  const share = (100 * (lossBefore - lossBest)) / lossBefore;
  if (lossBest >= lossBefore) {
    return `${isAtWork(run) ? "Not better yet" : "Not better than before"} on music it was not trained on.`;
  }
  return `${share.toFixed(1)} % better than before on music it was not trained on.`;
}

/** A name that can name a model: "My waltzes" as "my-waltzes". */
export function modelName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain === "" ? "mine" : plain;
}
