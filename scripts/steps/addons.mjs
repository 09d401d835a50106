// The native modules, built by cargo through napi-rs into dist/. Cargo rebuilds only what changed.
import { join } from "node:path";
import { heading, root, runTool } from "./run.mjs";

/** One folder for all of cargo's work, so that builds, clippy and tests share it. */
export const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, "native", "target");

/** What filling needs. */
export function buildAddon(flags = []) {
  heading("native module");
  buildCrate("addon", flags);
}

/** What training and evaluation need. */
export function buildTrainAddon(flags = []) {
  heading("native module for training");
  buildCrate("train-addon", ["--config-path", "native/train-addon/napi.json", ...flags]);
}

function buildCrate(folder, extra) {
  runTool("napi", [
    "build",
    ...["--platform", "--release", "--no-js"],
    ...["--manifest-path", `native/${folder}/Cargo.toml`, "--package", `continuo-${folder}`],
    ...["--target-dir", targetDir, "--output-dir", "dist", "--dts", `${folder}.d.ts`],
    ...extra,
  ]);
}
