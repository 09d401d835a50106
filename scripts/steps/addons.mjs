// The native modules, built by cargo through napi-rs into dist/. Cargo rebuilds only what changed.
import { join } from "node:path";
import { root, runTool } from "./run.mjs";

/** One folder for all of cargo's work, so that builds, clippy and tests share it. */
export const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, "native", "target");

export function buildAddon() {
  buildCrate("continuo-addon");
}

function buildCrate(crate, extra = []) {
  const places = [
    "--manifest-path",
    "native/addon/Cargo.toml",
    "--target-dir",
    targetDir,
    "--output-dir",
    "dist",
  ];
  runTool("napi", ["build", "--platform", "--release", "--no-js", "--package", crate, ...places, ...extra]);
}
