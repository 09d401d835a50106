// The native modules, built by cargo through napi-rs into dist/. Cargo rebuilds only what changed.
import { join } from "node:path";
import { firstLine, heading, root, runTool, StepError } from "./run.mjs";

const GPU_DEVICES = ["wgpu", "cuda", "metal"];

/** One folder for all of cargo's work, so that builds, clippy and tests share it. */
export const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, "native", "target");

/** Where cargo puts programs that it builds with --release, see .cargo/config.toml. */
export function nativeProgramFolder() {
  const host = firstLine("rustc", ["--print", "host-tuple"]);
  if (host === undefined) throw new StepError("rustc is missing: install Rust from https://rustup.rs.");
  return join(targetDir, host, "release");
}

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

/** What training on a GPU needs: the same module with one device in it, under a name of its own. */
export function buildGpuAddon(device, flags = []) {
  requireGpuDevice(device);
  heading(`native module for training on ${device} (some minutes the first time)`);
  const config = `native/train-addon/napi-${device}.json`;
  buildCrate("train-addon", ["--config-path", config, "--features", device, ...flags]);
}

export function requireGpuDevice(device) {
  if (GPU_DEVICES.includes(device)) return;
  throw new StepError(`Name a device: --gpu ${GPU_DEVICES.join(", --gpu ")}.`);
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
