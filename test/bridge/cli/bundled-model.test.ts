/**
 * The bundled model: it is the one that the manifest names, and its fills keep every promise.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { manifestSchema } from "../../../bridge/engine/models.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";
import {
  expectInsideAsAnswered,
  expectOutsideUntouched,
  expectPromises,
  tracksOf,
} from "../support/fill-checks.ts";

const FIXTURES = "test/fixtures";
const manifest = manifestSchema.parse(JSON.parse(readFileSync("models/manifest.json", "utf8")));

test.each(manifest.models)("$id is what the manifest says, and has a card", ({ id, file, size, sha256 }) => {
  const weights = readFileSync(join("models", file));
  expect(weights.length).toBe(size);
  expect(createHash("sha256").update(weights).digest("hex")).toBe(sha256);
  expect(size).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(readFileSync(join("models", "cards", `${id}.md`), "utf8")).toContain(sha256);
});

const PIECES = readdirSync(FIXTURES).filter((name) => name.endsWith(".mid"));

test.each(PIECES)("the bundled model fills %s", async (name) => {
  const input = join(FIXTURES, name);
  const output = join(temporaryFolder(), "out.mid");
  const track = String(tracksOf(input).length);
  const args = ["fill", input, "--track", track, "--bars", "5-8", "--seed", "1", "-o", output, "--json"];
  const result = await runCli(args);
  expect(result).toMatchObject({ exitCode: 0 });
  const done = { input, output, answer: fillAnswerSchema.parse(JSON.parse(result.stdout)) };
  expect(done.answer.model.id).toBe(manifest.defaultModel);
  expect(done.answer.candidates[0]?.notes.length).toBeGreaterThan(0);
  expectOutsideUntouched(done);
  expectInsideAsAnswered(done);
  expectPromises(done);
});
