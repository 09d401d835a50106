// npm run fuzz [-- SECONDS]: every fuzz target for a minute; needs cargo-fuzz.
import { firstLine, main, run, StepError } from "./steps/run.mjs";
import { requireRust } from "./steps/toolchain.mjs";

main(() => {
  requireRust();
  if (firstLine("cargo", ["fuzz", "--version"]) === undefined) {
    throw new StepError("cargo-fuzz is missing: run cargo install cargo-fuzz --locked.");
  }
  run("sh", ["native/fuzz/run.sh", ...process.argv.slice(2)]);
});
