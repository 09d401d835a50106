/**
 * The Ardour under test, 7.3 or 8.12, and its command line for scripts, in a home folder of the test's own. It is
 * installed on this machine, or in a Debian of its own (scripts/install-ardours.sh).
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { isRoot, testWith } from "../../../e2e/support/needs.ts";
import { PATIENT_MS } from "../../../e2e/support/wait.ts";

const IN_ROOT = resolve("test/host/ardour/support/in-root.sh");
const UNSHARE = isRoot ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];

/** Which one, such as "8.12". */
export const ardourVersion = process.env.CONTINUO_TEST_ARDOUR ?? "7.3";
/** "8": names Ardour's folder of settings. */
export const ardourMajor = ardourVersion.split(".")[0] ?? "";

interface Installation {
  /** The folder that its Debian lies in; "/" for this machine's. */
  root: string;
  /** "8.12.0~ds", as Ardour names itself. */
  fullVersion: string;
}

function findArdour(): Installation | undefined {
  const { env } = process;
  const cache =
    env.CONTINUO_TEST_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "continuo-test");
  for (const root of ["/", join(cache, `ardour-${ardourMajor}`)]) {
    const folder = join(root, "usr/lib", `ardour${ardourMajor}`);
    const programs = existsSync(folder) ? readdirSync(folder) : [];
    const program = programs.find((name) => name.startsWith(`ardour-${ardourVersion}.`));
    if (program === undefined) continue;
    const [unshare = "", ...args] = UNSHARE;
    if (root !== "/" && spawnSync(unshare, [...args, "true"]).status !== 0) continue;
    return { root, fullVersion: program.slice("ardour-".length) };
  }
  return undefined;
}

const installation = findArdour();
const TOOLS = ["/usr/bin/Xvfb", "/usr/bin/xdotool", "/usr/bin/openbox", "/usr/bin/import"];

export const testArdour = testWith(
  `Ardour ${ardourVersion} (scripts/install-ardours.sh)`,
  installation !== undefined,
);
export const testArdourWindow = testWith(
  `Ardour ${ardourVersion} in a window (scripts/install-ardours.sh; packages xvfb xdotool openbox imagemagick)`,
  installation !== undefined && TOOLS.every(existsSync),
);

/** Is it in a Debian of its own, where this machine's programs are not? */
export const isApart = installation !== undefined && installation.root !== "/";

/** The files that users get. */
export const ACTIONS = resolve("dist/hosts/ardour");
const SOURCES = resolve("plugin-host-script");
const SCRIPTS = resolve("test/host/ardour/lua");

function ardour(): Installation {
  if (installation === undefined) throw new Error(`Ardour ${ardourVersion} is not here`);
  return installation;
}

/** One of its programs as a command of this machine. */
export function commandOf(program: string, args: readonly string[]): [string, ...string[]] {
  const { root } = ardour();
  if (root === "/") return [program, ...args];
  const [unshare = "", ...rest] = UNSHARE;
  return [unshare, ...rest, IN_ROOT, root, program, ...args];
}

/** A file that it came with. */
export function systemFile(path: string): string {
  return join(ardour().root, path);
}

/** What it names the user's file of keys by. */
export const fullVersion = (): string => ardour().fullVersion;

/** All of the user's files in one folder, whichever user runs the test. */
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

/**
 * Run one of our scripts in Ardour's session without a window. Its last act is to write the file CONTINUO_DONE: Ardour
 * 8.12 now and then aborts after that, on its way out.
 */
export async function runScript(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const done = join(env.HOME ?? "", `done-${name}`);
  rmSync(done, { force: true });
  const [program, ...all] = commandOf(`ardour${ardourMajor}-lua`, [join(SCRIPTS, name), ...args]);
  try {
    await promisify(execFile)(program, all, { env: { ...env, CONTINUO_DONE: done }, timeout: PATIENT_MS });
  } catch (error) {
    if (statSync(done, { throwIfNoEntry: false })) return;
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${name} failed: ${stdout}${stderr}`, { cause: error });
  }
}
