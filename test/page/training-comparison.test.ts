/**
 * The blind test: positions, winners, how the score reads, and whether it can be chance.
 */
import { describe, expect, test } from "vitest";
import type { ModelCard, TrainingRun } from "../../bridge/client/generated/protocol.ts";
import { contenders, dealt, scoreOf, winnerOf } from "../../page/training/blind.ts";
import { chanceOf, verdict } from "../../page/training/sign-test.ts";

describe("the sign test", () => {
  test.each([
    [0, 0, 1],
    [1, 0, 1],
    [5, 5, 1],
    // Twice the sum of C(10, k) for k up to 3, of 1024.
    [7, 3, 0.34375],
    [3, 7, 0.34375],
    [9, 1, 22 / 1024],
    [10, 0, 2 / 1024],
  ])("%i to %i is chance by %f", (own, other, chance) => {
    expect(chanceOf({ own, other, ties: 4 })).toBeCloseTo(chance, 12);
  });

  test("a thousand choices are still numbers", () => {
    expect(chanceOf({ own: 500, other: 500, ties: 0 })).toBe(1);
    const chance = chanceOf({ own: 600, other: 400, ties: 0 });
    expect(chance).toBeGreaterThan(1e-11);
    expect(chance).toBeLessThan(1e-8);
  });

  test.each([
    [{ own: 0, other: 0, ties: 0 }, "Nothing compared yet."],
    [{ own: 0, other: 0, ties: 2 }, "No difference heard, 2 times."],
    [{ own: 3, other: 0, ties: 0 }, "3 of 3 for mine: too few to tell, 3 more at least."],
    [{ own: 7, other: 3, ties: 0 }, "7 of 10 for mine: could still be chance."],
    [
      { own: 10, other: 1, ties: 2 },
      "10 of 11 for mine, 2 without a difference: hardly chance, it is the better one for you.",
    ],
    [{ own: 0, other: 8, ties: 0 }, "0 of 8 for mine: hardly chance, the other is the better one for you."],
  ])("%o reads", (score, sentence) => {
    expect(verdict(score, "mine")).toBe(sentence);
  });
});

test("sides are dealt by chance, and the winner is found behind either of them", () => {
  const pair = ["mine", "infill-s"] as const;
  expect(dealt(pair, () => 0.49)).toEqual({ leftModel: "mine", rightModel: "infill-s" });
  expect(dealt(pair, () => 0.5)).toEqual({ leftModel: "infill-s", rightModel: "mine" });
  for (const random of [0.1, 0.9]) {
    const hand = dealt(pair, () => random);
    const [own, other] =
      hand.leftModel === "mine" ? (["left", "right"] as const) : (["right", "left"] as const);
    expect([winnerOf(hand, own, pair), winnerOf(hand, other, pair)]).toEqual(["a", "b"]);
    expect(winnerOf(hand, "tie", pair)).toBe("tie");
  }
});

test("a score is read from either side", () => {
  const pairs = [{ modelA: "infill-s", modelB: "mine", a: 1, b: 4, ties: 2 }];
  expect(scoreOf(pairs, "mine", "infill-s")).toEqual({ own: 4, other: 1, ties: 2 });
  expect(scoreOf(pairs, "infill-s", "mine")).toEqual({ own: 1, other: 4, ties: 2 });
  expect(scoreOf(pairs, "mine", "other")).toEqual({ own: 0, other: 0, ties: 0 });
});

test("what was trained here stands first, the default last", () => {
  const models = [
    { id: "infill-s", isDefault: true },
    { id: "howl", isDefault: false },
    { id: "mine", isDefault: false },
  ] as ModelCard[];
  const runs = [
    { runId: "r-1", name: "First", hasModel: true, installedAs: "mine" },
    { runId: "r-2", name: "Second", hasModel: true, installedAs: null },
    { runId: "r-3", name: "Third", hasModel: false, installedAs: null },
  ] as TrainingRun[];
  expect(contenders(models, runs).map(({ model }) => model)).toEqual(["run:r-2", "mine", "howl", "infill-s"]);
});
