/**
 * Gives each test run its own copy of the tiny model that the build has made.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { tinyModel } from "../../../scripts/steps/tiny-model.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    tinyModel: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "continuo-tiny-"));
  cpSync(tinyModel(), folder, { recursive: true });
  project.provide("tinyModel", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
