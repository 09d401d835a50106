// Runs a measuring program that prints one JSON value a line.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { nativeProgramFolder, targetDir } from "../steps/addons.mjs";
import { isWindows, root, run, StepError } from "../steps/run.mjs";

const nativeProgram = () => join(nativeProgramFolder(), `continuo-bench${isWindows ? ".exe" : ""}`);

export function buildNativeProgram() {
  run("cargo", ["build", "--release", "--locked", "--package", "continuo-bench"], {
    cwd: join(root, "native"),
    env: { CARGO_TARGET_DIR: targetDir },
  });
}

/** `--name value` for every option that is given. */
export function flags(options) {
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

/** Lines of a part of native/bench. */
export const runNative = (part, options) => jsonLines(nativeProgram(), [part, ...flags(options)]);

/** Lines of a script of test/bench/rivals, by the Python that `preparePython` gave. */
export const runRival = (python, script, options) =>
  // -B: no compiled copies of the scripts inside the tree.
  jsonLines(python, ["-B", join(root, "test", "bench", "rivals", script), ...flags(options)]);

/** @throws StepError with the program's own last words */
export function jsonLines(program, args) {
  const result = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.error) throw new StepError(`${program} does not start: ${result.error.message}`);
  if (result.status !== 0) {
    throw new StepError(`${program} ${args.join(" ")} failed:\n${result.stderr.trim()}`);
  }
  return result.stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => JSON.parse(text));
}

/** The samples of the only line with this name and these facts. */
export function samplesOf(lines, name, facts = {}) {
  const found = lines.find(
    (entry) =>
      entry.name === name && Object.entries(facts).every(([key, value]) => entry.facts[key] === value),
  );
  if (found === undefined) throw new StepError(`the program printed no ${name}`);
  return found.samples;
}
