/**
 * Runs the hosts' Lua on a real interpreter: a chunk gets a value and returns one.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";

/** REAPER 6 and Ardour have 5.3, REAPER 7 has 5.4. */
const INTERPRETERS = ["lua5.3", "lua5.4"] as const;
const SOURCES = join(import.meta.dirname, "../../../plugin-host-script");
const DRIVER = join(import.meta.dirname, "driver.lua");
const isRequired = process.env.CONTINUO_REQUIRE_HOSTS === "1";

/** Tests on each Lua; one that is not here is left out, unless the machine must have it. */
export function onEachLua(name: string, tests: (lua: string) => void): void {
  for (const lua of INTERPRETERS) {
    const isThere = spawnSync(lua, ["-v"]).status === 0;
    if (!isThere && !isRequired) describe.skip(`${name}: ${lua} is not here`, () => tests(lua));
    else describe(`${name}, ${lua}`, () => tests(lua));
  }
}

/**
 * Run a chunk.
 * @param chunk  sees `input`, and the modules by `require("shared.NAME")`; its return value must be JSON's
 * @param env    of the process, beside the test's own
 */
export async function runLua(
  lua: string,
  chunk: string,
  input: unknown = null,
  env: NodeJS.ProcessEnv = {},
): Promise<unknown> {
  const child = spawn(lua, [DRIVER, SOURCES, import.meta.dirname, chunk], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify(input));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (exitCode !== 0) throw new Error(`${lua} ended with ${exitCode}: ${err}`);
  return JSON.parse(out);
}
