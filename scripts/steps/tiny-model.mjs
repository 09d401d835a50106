// A small model with random weights for the TypeScript tests: it fits the vocabulary of the code as it is. Made once for
// each state of the code that decides what is in it, and kept in the build folder.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { nativeProgramFolder, targetDir } from "./addons.mjs";
import { heading, isWindows, root, run } from "./run.mjs";

const native = join(root, "native");
/** All that decides what is in the model. */
const SOURCES = [
  "Cargo.lock",
  "Cargo.toml",
  "operations/examples/tiny_model.rs",
  "midi",
  "model",
  "tokenizer",
];

/** @returns its folder */
export function tinyModel() {
  const built = join(targetDir, `tiny-model-${hashOf(SOURCES.map((path) => join(native, path)))}`);
  if (existsSync(built)) return built;
  heading("tiny model for the tests; once, until the Rust code it depends on changes");
  const options = { cwd: native, env: { CARGO_TARGET_DIR: targetDir } };
  // The whole workspace's features, so that cargo test compiles none of it again.
  run("cargo", ["build", "--release", "--locked", "--workspace", "--example", "tiny_model"], options);
  const part = mkdtempSync(`${built}.`);
  try {
    run(join(nativeProgramFolder(), "examples", `tiny_model${isWindows ? ".exe" : ""}`), [part]);
    renameSync(part, built);
  } catch (cause) {
    // Another run may have been faster; its model is the same.
    if (!existsSync(built)) throw cause;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return built;
}

/** Of the names and bytes of these files, and of the files in these folders except their tests. */
function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (!statSync(path).isDirectory()) hash.update(`${path.slice(root.length)}\0`).update(readFileSync(path));
    else for (const name of readdirSync(path).sort()) if (name !== "tests") add(join(path, name));
  };
  paths.forEach(add);
  return hash.digest("hex").slice(0, 16);
}
