/**
 * Results of blind tests between two models: one JSON object a line, and their totals.
 */
import { appendFileSync, readFileSync } from "node:fs";
import * as z from "zod";
import { BridgeError } from "../../bridge-error.ts";
import type { Params } from "../../protocol/methods.ts";
import type { ComparisonPair } from "../../protocol/training.ts";

const lineSchema = z.object({
  modelA: z.string(),
  modelB: z.string(),
  winner: z.enum(["a", "b", "tie"]),
});
type Line = z.infer<typeof lineSchema>;

/** @returns how many there are of the two, in all. @throws BridgeError COMPARISON_NOT_WRITTEN */
export function recordComparison(path: string, comparison: Params<"comparison/record">): number {
  const line = JSON.stringify({ at: new Date().toISOString(), ...comparison });
  try {
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError(
      "COMPARISON_NOT_WRITTEN",
      `${path} cannot be written (${reason}); check its permissions and free space`,
      { data: { path }, cause },
    );
  }
  const low = sortedByName(comparison);
  const pair = scoreOf(path).find((known) => known.modelA === low.modelA && known.modelB === low.modelB);
  return pair === undefined ? 0 : pair.a + pair.b + pair.ties;
}

/** Each pair once, whichever was named first. */
export function scoreOf(path: string): ComparisonPair[] {
  const pairs = new Map<string, ComparisonPair>();
  for (const line of linesOf(path)) {
    const { modelA, modelB, winner } = sortedByName(line);
    const key = JSON.stringify([modelA, modelB]);
    const pair = pairs.get(key) ?? { modelA, modelB, a: 0, b: 0, ties: 0 };
    pairs.set(key, pair);
    if (winner === "tie") pair.ties += 1;
    else pair[winner] += 1;
  }
  return [...pairs.values()];
}

function sortedByName({ modelA, modelB, winner }: Line): Line {
  if (modelA <= modelB) return { modelA, modelB, winner };
  const swapped = { a: "b", b: "a", tie: "tie" } as const;
  return { modelA: modelB, modelB: modelA, winner: swapped[winner] };
}

function linesOf(path: string): Line[] {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // None was made yet.
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [lineSchema.parse(JSON.parse(line))];
    } catch {
      // Half a line of a full disk.
      return [];
    }
  });
}
