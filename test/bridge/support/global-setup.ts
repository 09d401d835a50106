/**
 * A small model with random weights that fits the vocabulary of the code as it is: made by cargo once for each state of
 * that code, and given to each run as a copy of its own.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    tinyModel: string;
  }
}

/** All that decides what is in the model. */
const SOURCES = ["Cargo.lock", "Cargo.toml", "jobs/examples/tiny_model.rs", "midi", "model", "tokenizer"];

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "continuo-tiny-"));
  cpSync(builtModel(), folder, { recursive: true });
  project.provide("tinyModel", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

function builtModel(): string {
  const target = resolve(process.env.CARGO_TARGET_DIR ?? join("native", "target"));
  const built = join(target, `tiny-model-${hashOf(SOURCES.map((path) => join("native", path)))}`);
  if (existsSync(built)) return built;
  const part = mkdtempSync(`${built}.`);
  const example = ["-p", "continuo-jobs", "--example", "tiny_model"];
  const args = ["run", "--release", "--quiet", ...example, "--", part];
  try {
    execFileSync("cargo", args, { cwd: "native", stdio: "inherit" });
    renameSync(part, built);
  } catch (cause) {
    // Where another run was faster, its model is the very same.
    if (!existsSync(built)) throw cause;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return built;
}

/** Of the names and bytes of these files, and of the files under these folders but their tests. */
function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    if (!statSync(path).isDirectory()) hash.update(`${path}\0`).update(readFileSync(path));
    else for (const name of readdirSync(path).sort()) if (name !== "tests") add(join(path, name));
  };
  paths.forEach(add);
  return hash.digest("hex").slice(0, 16);
}
