/**
 * Starts a daemon in the background and waits until it is ready.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder, installFolder } from "../instance/folders.ts";
import { findInstance, type Instance } from "../instance/lock.ts";

const START_MS = 15_000;
const LOOK_MS = 30;

/**
 * Start `continuo serve` with these arguments; the one that runs already is taken as it is.
 * @throws BridgeError DAEMON_NOT_STARTED with what it said
 */
export async function detach(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Instance> {
  const running = findInstance(env);
  if (running !== undefined) return running;
  const folder = join(homeFolder(env), "logs");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const said = join(folder, "start.log");
  const out = openSync(said, "w", 0o600);
  const program = join(installFolder(), "dist", "cli.js");
  const child = spawn(process.execPath, [program, "serve", ...args], {
    detached: true,
    stdio: ["ignore", out, out],
    windowsHide: true,
    env,
  });
  closeSync(out);
  let exitCode: number | null | undefined;
  child.once("exit", (code) => {
    exitCode = code;
  });
  child.once("error", () => {
    exitCode = null;
  });
  child.unref();
  for (const end = performance.now() + START_MS; performance.now() < end && exitCode === undefined; ) {
    const instance = findInstance(env);
    if (instance !== undefined) return instance;
    await sleep(LOOK_MS);
  }
  // Two that were started at once: the other one serves us as well.
  const other = findInstance(env);
  if (other !== undefined) return other;
  const reason = readFileSync(said, "utf8").trim().slice(-500) || "it said nothing";
  throw new BridgeError(
    "DAEMON_NOT_STARTED",
    `the daemon did not start: ${reason}; try continuo serve to see more`,
    {
      data: { exitCode: exitCode ?? null, log: said },
    },
  );
}
