// What a machine can say about the code without running it.
import { targetDir } from "./addons.mjs";
import { checkRooms as compareRooms } from "./rooms.mjs";
import { heading, root, run, runTool } from "./run.mjs";

const native = { cwd: `${root}/native`, env: { CARGO_TARGET_DIR: targetDir } };

export function checkRust() {
  heading("cargo fmt and clippy");
  run("cargo", ["fmt", "--all", "--check"], native);
  run(
    "cargo",
    ["clippy", "--release", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    native,
  );
}

/**
 * Does training on a GPU compile, and compute what the CPU does? Without optimisation: its two hundred crates
 * are compiled only for this, and the networks of the tests are tiny.
 */
export function testGpu() {
  // CUDA's library is looked for at run time, so that it compiles on any Linux.
  const devices = process.platform === "linux" ? ["wgpu", "cuda"] : ["wgpu"];
  heading("cargo clippy, training on a GPU");
  const crates = ["-p", "continuo-train-gpu", "-p", "continuo-train-addon"];
  const inBoth = ["continuo-train-gpu/flex", ...devices.map((device) => `continuo-train-addon/${device}`)];
  const wanted = [...crates, "--features", inBoth.join(","), "--locked"];
  run("cargo", ["clippy", ...wanted, "--all-targets", "--", "-D", "warnings"], native);
  heading("cargo test, training on a GPU");
  const features = ["--features", ["flex", ...devices].join(",")];
  run("cargo", ["test", "-p", "continuo-train-gpu", ...features, "--tests", "--locked"], native);
}

export function checkTypeScript() {
  heading("tsc and biome");
  runTool("tsc", ["--noEmit"]);
  runTool("tsc", ["-p", "plugin-host-script/bitwig"]);
  runTool("tsc", ["-p", "page"]);
  runTool("biome", ["ci", "--error-on-warnings", ...(process.stdout.isTTY ? [] : ["--colors=off"])]);
}

export function checkRooms() {
  heading("rooms");
  compareRooms();
}

export function testRust() {
  heading("cargo test");
  run("cargo", ["test", "--release", "--workspace", "--locked"], native);
}

export function testTypeScript() {
  heading("vitest");
  runTool("vitest", ["run"]);
}
