// What a machine can say about the code without running it.
import { targetDir } from "./addons.mjs";
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

export function checkTypeScript() {
  heading("tsc and biome");
  runTool("tsc", ["--noEmit"]);
  runTool("biome", ["ci", "--error-on-warnings", ...(process.stdout.isTTY ? [] : ["--colors=off"])]);
}

export function testRust() {
  heading("cargo test");
  run("cargo", ["test", "--release", "--workspace", "--locked"], native);
}

export function testTypeScript() {
  heading("vitest");
  runTool("vitest", ["run"]);
}
