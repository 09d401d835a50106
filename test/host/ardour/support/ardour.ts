/**
 * Where Ardour is on this machine, and its command line for scripts, in a home of the test's own.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { testWith } from "../../../e2e/support/needs.ts";

const LIMIT_MS = 60_000;
const BIN = "/usr/bin";

const names = existsSync(BIN) ? readdirSync(BIN) : [];
/** Runs a script in a session without a window. */
const luasession = names.find((name) => /^ardour[7-9]-lua$/.test(name));
const isHere = luasession !== undefined && names.includes("ardour");

/** "7": names Ardour's folder of settings. */
export const ardourMajor = luasession?.match(/\d/)?.[0] ?? "7";

export const testArdour = testWith("Ardour 7 or later (packages ardour and curl)", isHere);
export const testArdourWindow = testWith(
  "Ardour 7 or later in a window (packages ardour xvfb xdotool openbox imagemagick)",
  isHere && ["Xvfb", "xdotool", "openbox", "import"].every((name) => names.includes(name)),
);

/** The files that users get. */
export const ACTIONS = resolve("dist/hosts/ardour");
const SOURCES = resolve("plugin-host-script");
const SCRIPTS = resolve("test/host/ardour/lua");

/** Everything of the user's in one folder, whoever runs the test. */
export function userEnv(folder: string): NodeJS.ProcessEnv {
  const run = join(folder, "run");
  for (const path of [run, join(folder, ".local/share")]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const { CONTINUO_HOME: _, WAYLAND_DISPLAY: __, DBUS_SESSION_BUS_ADDRESS: ___, ...env } = process.env;
  return {
    ...env,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, ".config"),
    XDG_CACHE_HOME: join(folder, ".cache"),
    XDG_DATA_HOME: join(folder, ".local/share"),
    XDG_RUNTIME_DIR: run,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    CONTINUO_LUA: SOURCES,
  };
}

/** Run one of our scripts in Ardour's session without a window. */
export async function runScript(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (luasession === undefined) throw new Error("Ardour is not here");
  const run = promisify(execFile);
  try {
    await run(join(BIN, luasession), [join(SCRIPTS, name), ...args], { env, timeout: LIMIT_MS });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${name} failed: ${stdout}${stderr}`, { cause: error });
  }
}
