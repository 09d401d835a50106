// What must be on the machine before anything can be installed or built.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstLine, isWindows, root, StepError } from "./run.mjs";

const NODE_MAJOR = 20;

/** Throws a StepError with one sentence that says what to install. */
export function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < NODE_MAJOR) {
    throw new StepError(
      `Node ${process.versions.node} is too old: install Node ${NODE_MAJOR} or later from https://nodejs.org.`,
    );
  }
  if (firstLine("npm", ["--version"]) === undefined) {
    throw new StepError("npm is missing: install Node with npm from https://nodejs.org.");
  }
}

/** Throws a StepError with one sentence that says what to install. */
export function requireRust() {
  const version = firstLine("cargo", ["--version"]);
  if (version === undefined) {
    throw new StepError("cargo is missing: install Rust from https://rustup.rs.");
  }
  const [, wanted] = /rust-version = "([\d.]+)"/.exec(
    readFileSync(join(root, "native", "Cargo.toml"), "utf8"),
  );
  const [, found] = /cargo (\d+\.\d+)/.exec(version) ?? [undefined, "0.0"];
  if (isOlder(found, wanted)) {
    throw new StepError(`Rust ${found} is too old: run rustup update to get ${wanted} or later.`);
  }
  // Rust needs a linker, which comes with the C compiler; on Windows rustup asks for its own.
  if (!isWindows && !["cc", "gcc", "clang"].some((name) => firstLine(name, ["--version"]) !== undefined)) {
    const how =
      process.platform === "darwin"
        ? "run xcode-select --install"
        : "install the package build-essential (Debian, Ubuntu) or gcc (others)";
    throw new StepError(`A C compiler is missing: ${how}.`);
  }
}

function isOlder(found, wanted) {
  const [foundMajor, foundMinor] = found.split(".").map(Number);
  const [wantedMajor, wantedMinor] = wanted.split(".").map(Number);
  return foundMajor < wantedMajor || (foundMajor === wantedMajor && foundMinor < wantedMinor);
}
