/**
 * The order of candidates, learned from those that were kept.
 */
import { describe, expect, test } from "vitest";
import { Preference } from "../../../bridge/daemon/journal/preference.ts";
import type { Candidate, FillResult } from "../../../bridge/protocol/fill.ts";

function candidate(seed: number, copied: number): Candidate {
  return { seed, notes: [], logProbPerNote: -1, copied, outOfScale: 0 };
}

function offered(...candidates: Candidate[]): FillResult {
  return {
    model: { id: "m", sha256: "0" },
    device: "cpu",
    seed: 0,
    region: { trackId: "a", startTick: 0, endTick: 96 },
    removed: [],
    candidates,
    warnings: [],
    timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs: 0 },
  };
}

describe("preference", () => {
  test("who always keeps what copies least is offered that first", () => {
    const preference = new Preference();
    const fill = offered(candidate(1, 0.9), candidate(2, 0.5), candidate(3, 0.1));
    expect(preference.order(fill).isChanged).toBe(false);
    for (let i = 0; i < 12; i++) preference.accept(fill, 2);
    const { candidates, isChanged } = preference.order(fill);
    expect(isChanged).toBe(true);
    expect(candidates.map(({ seed }) => seed)).toEqual([3, 2, 1]);
  });

  test("choices without a pattern leave the model's order", () => {
    const preference = new Preference();
    const fill = offered(candidate(1, 0.4), candidate(2, 0.6));
    for (let i = 0; i < 20; i++) preference.accept(fill, i % 2);
    expect(preference.order(fill).isChanged).toBe(false);
  });

  test("a fill without a choice teaches nothing", () => {
    const preference = new Preference();
    for (let i = 0; i < 20; i++) preference.accept(offered(candidate(1, 0)), 0);
    expect(preference.order(offered(candidate(1, 1), candidate(2, 0))).isChanged).toBe(false);
  });
});
