// Running a command as a person would see it: its output passes through, its failure ends the script.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const isWindows = process.platform === "win32";

/** A problem that the user can solve; its message is all that is printed. */
export class StepError extends Error {}

/** Run a program and wait; throws StepError with its exit code if that is not 0. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    // npm and npx are scripts on Windows, which only a shell starts.
    shell: isWindows,
    ...options,
    env: { ...process.env, ...options.env },
  });
  if (result.error) throw new StepError(`${program} does not start: ${result.error.message}`);
  if (result.status !== 0) {
    throw new StepError(`${program} ${args.join(" ")} ended with ${result.status ?? result.signal}`);
  }
  return result;
}

/** Run a program of node_modules/.bin. */
export function runTool(name, args, options = {}) {
  run(join(root, "node_modules", ".bin", isWindows ? `${name}.cmd` : name), args, options);
}

/** First line that a program prints, or undefined if it does not start. */
export function firstLine(program, args) {
  const result = spawnSync(program, args, { encoding: "utf8", shell: isWindows });
  return result.status === 0 ? (result.stdout || result.stderr).split("\n")[0].trim() : undefined;
}

/** Run the steps of a script; a StepError is one sentence on stderr and exit code 1. */
export async function main(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** A heading between the outputs of several programs. */
export function heading(text) {
  process.stdout.write(`\n== ${text}\n`);
}
