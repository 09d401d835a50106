/**
 * The history of a run so far, in the form that views and reports read.
 */
import type { RunEvent } from "../engine/train-schemas.ts";

type StartEvent = Extract<RunEvent, { event: "start" }>;
type StepEvent = Extract<RunEvent, { event: "step" }>;
export type HeldOutEvent = Extract<RunEvent, { event: "heldOut" }>;

/** Loss of a note at an update. */
export interface Point {
  step: number;
  loss: number;
}

export type EvaluatingEvent = Extract<RunEvent, { event: "evaluating" }>;

export interface History {
  start: StartEvent | undefined;
  steps: StepEvent[];
  /** Held-out losses on the data's own pieces. */
  heldOut: HeldOutEvent[];
  /** The same on the replayed data. */
  replay: HeldOutEvent[];
  best: HeldOutEvent | undefined;
  /** Update of the latest checkpoint. */
  savedStep: number | undefined;
  /** How far measuring has come, while it goes on. */
  evaluating: EvaluatingEvent | undefined;
}

export function emptyHistory(): History {
  return {
    ...{ start: undefined, steps: [], heldOut: [], replay: [] },
    ...{ best: undefined, savedStep: undefined, evaluating: undefined },
  };
}

/** Add one event. */
export function record(history: History, event: RunEvent): void {
  history.evaluating = event.event === "evaluating" ? event : undefined;
  switch (event.event) {
    case "start":
      history.start = event;
      // Losses on other pieces do not compare.
      if (event.grownFrom != null) [history.heldOut, history.best] = [[], undefined];
      break;
    case "step":
      history.steps.push(event);
      break;
    case "heldOut":
      (event.set === "data" ? history.heldOut : history.replay).push(event);
      if (event.set === "data" && event.isBest) history.best = event;
      break;
    case "checkpoint":
      if (event.kind === "latest") history.savedStep = event.step;
      break;
  }
}

/** Points of a curve; what has no number is left out. */
export function points(events: readonly { step: number; loss: number | null }[]): Point[] {
  return events.flatMap(({ step, loss }) => (loss === null ? [] : [{ step, loss }]));
}

/** Mean over a window of neighbours. @param size  neighbours on each side */
export function smooth(curve: readonly Point[], size: number): Point[] {
  return curve.map(({ step }, index) => {
    const near = curve.slice(Math.max(0, index - size), index + size + 1);
    return { step, loss: near.reduce((sum, point) => sum + point.loss, 0) / near.length };
  });
}

/** A part of a loss as people read it: errors in percent, the rest as nats. */
export function describePart(name: string, value: number | null): string {
  if (value === null) return `${name} ?`;
  return name === "pitchError" ? `pitch error ${(100 * value).toFixed(1)} %` : `${name} ${value.toFixed(3)}`;
}
