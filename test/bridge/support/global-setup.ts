/**
 * A small model with random weights, written anew for each run, so that it always fits the vocabulary.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    tinyModel: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "continuo-tiny-"));
  const args = [
    "run",
    "--release",
    "--quiet",
    "-p",
    "continuo-jobs",
    "--example",
    "tiny_model",
    "--",
    folder,
  ];
  execFileSync("cargo", args, { cwd: "native", stdio: "inherit" });
  project.provide("tinyModel", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
