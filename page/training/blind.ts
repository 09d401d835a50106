/**
 * Blind tests: which model is on which side, the winner, and the score between two models.
 */
import type { ComparisonPair, ModelCard, TrainingRun } from "../../bridge/client/generated/protocol.ts";
import type { Score } from "./sign-test.ts";

export interface Hand {
  readonly leftModel: string;
  readonly rightModel: string;
}

/** A model that can be compared. */
export interface Contender {
  readonly model: string;
  readonly label: string;
}

/** What was trained here first, the default last. */
export function contenders(models: readonly ModelCard[], runs: readonly TrainingRun[]): Contender[] {
  const installed = new Set(runs.map(({ installedAs }) => installedAs));
  const rank = ({ id, isDefault }: ModelCard) => (installed.has(id) ? 0 : isDefault ? 2 : 1);
  const byRank = [...models].sort((a, b) => rank(a) - rank(b)).map(({ id }) => ({ model: id, label: id }));
  const trained = runs
    .filter(({ hasModel, installedAs }) => hasModel && installedAs === null)
    .map(({ runId, name }) => ({ model: `run:${runId}`, label: `${name} (not installed)` }));
  return [...trained, ...byRank];
}

export type Side = "left" | "right" | "tie";
type Pair = readonly [own: string, other: string];

/** @param random  from 0 to below 1 */
export function dealt([own, other]: Pair, random: () => number): Hand {
  return random() < 0.5 ? { leftModel: own, rightModel: other } : { leftModel: other, rightModel: own };
}

/** "a" is the first of the pair. */
export function winnerOf({ leftModel }: Hand, side: Side, [own]: Pair): "a" | "b" | "tie" {
  if (side === "tie") return "tie";
  return (side === "left") === (leftModel === own) ? "a" : "b";
}

export function scoreOf(pairs: readonly ComparisonPair[], own: string, other: string): Score {
  const pair = pairs.find(
    ({ modelA, modelB }) => (modelA === own && modelB === other) || (modelA === other && modelB === own),
  );
  if (pair === undefined) return { own: 0, other: 0, ties: 0 };
  const { a, b, ties } = pair;
  return pair.modelA === own ? { own: a, other: b, ties } : { own: b, other: a, ties };
}
