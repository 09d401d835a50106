/**
 * The Python example, written from docs/protocol.md, run the way a user runs it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { testWith } from "../../e2e/support/needs.ts";
import { songRequest } from "../../e2e/support/songs.ts";
import { temporaryFolder } from "../support/cli.ts";

const EXAMPLE = "examples/python/fill.py";
const PYTHON = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);

testWith("Python", PYTHON !== undefined)("fills, repeats, and says what is wrong", async () => {
  const daemon = await startDaemon();
  const run = (...args: string[]) =>
    execFileSync(PYTHON ?? "python3", [EXAMPLE, ...args], {
      env: { ...process.env, CONTINUO_HOME: daemon.home },
      encoding: "utf8",
      stdio: "pipe",
    });
  const first = run();
  expect(first).toMatch(/^tiny on cpu, seed 1\n(\d+ \d+ \d+ \d+\n)*$/);
  expect(run()).toBe(first);
  const request = join(temporaryFolder(), "request.json");
  writeFileSync(request, JSON.stringify(songRequest()));
  expect(run(request)).toMatch(/^tiny on cpu, seed 11\n(\d+ \d+ \d+ \d+\n)+$/);
  writeFileSync(request, JSON.stringify(songRequest({ model: "none" })));
  expect(() => run(request)).toThrow(/error\[MODEL_NOT_FOUND\]/);
  expect(readFileSync(EXAMPLE, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
});
