/**
 * Density levels in TypeScript equal those of the core.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { densityLevel, LEVELS } from "../../../bridge/music/density.ts";

const core = readFileSync(
  join(import.meta.dirname, "../../../native/tokenizer/src/vocabulary.rs"),
  "utf8",
).split("fn density_class")[1];

test("each edge of the core begins the next level", () => {
  const [, list = ""] = /EDGES: \[f64; 9\] = \[([^\]]*)\]/.exec(core ?? "") ?? [];
  const edges = list.split(",").map(Number);
  expect(edges.length + 1).toBe(LEVELS);
  const quarters = 1000;
  for (const [index, edge] of edges.entries()) {
    expect(densityLevel(edge * quarters, quarters)).toBe(index + 1);
    expect(densityLevel(edge * quarters + 1, quarters)).toBe(index + 2);
  }
});

test("nothing is sparse, and an empty span is fine", () => {
  expect(densityLevel(0, 4)).toBe(1);
  expect(densityLevel(3, 0)).toBe(LEVELS);
});
