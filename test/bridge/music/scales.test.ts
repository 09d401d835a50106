/**
 * The scales on offer are those that the core knows.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MODES, scaleName, TONICS } from "../../../bridge/music/scales.ts";

const sources = join(import.meta.dirname, "../../../native/sampler/src");
const core = ["scale.rs", "scale/modes.rs"].map((name) => readFileSync(join(sources, name), "utf8")).join("");

test("every mode of the core is offered but for the second names of major and minor", () => {
  const names = [...core.matchAll(/\("([a-z ]{2,})", 0b/g)].map(([, name]) => name);
  expect(names.filter((name) => name !== "ionian" && name !== "aeolian").sort()).toEqual([...MODES].sort());
});

test("tonics are written as the core writes them", () => {
  const [, list = ""] = /TONIC_NAMES: \[&str; 12\] = \[([^\]]*)\]/.exec(core) ?? [];
  expect([...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name)).toEqual([...TONICS]);
  expect(scaleName("Eb", "harmonic minor")).toBe("Eb harmonic minor");
});
