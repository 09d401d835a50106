/**
 * A copy of the program with test files for the hosts, and a user with a temporary home folder.
 */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errorCode, finish, PROGRAM, type Result, temporaryFolder } from "../../bridge/support/cli.ts";

type Files = Record<string, string>;

export interface Copy {
  home: string;
  /** CONTINUO_HOME as the program finds it by itself. */
  continuo: string;
  program: string;
  run(...args: string[]): Promise<Result>;
  /** The code with which it fails. */
  fails(...args: string[]): Promise<string>;
  /** Ship other files of a host, as another version does. */
  ship(host: string, files: Files): void;
}

/** @param hosts  files by host and path */
export function copyProgram(hosts: Record<string, Files>, name = "continuo"): Copy {
  const folder = join(temporaryFolder(), name);
  const home = join(temporaryFolder(), "Jürgen Groß");
  mkdirSync(home);
  const source = dirname(PROGRAM);
  mkdirSync(join(folder, "dist"), { recursive: true });
  for (const entry of readdirSync(source)) {
    if (entry.endsWith(".js") || entry === "chunks") {
      cpSync(join(source, entry), join(folder, "dist", entry), { recursive: true });
    }
    if (entry.endsWith(".node")) symlinkSync(join(source, entry), join(folder, "dist", entry));
  }
  cpSync("package.json", join(folder, "package.json"));
  for (const shared of ["node_modules", "models"]) symlinkSync(resolve(shared), join(folder, shared));
  const program = join(folder, "dist", "cli.js");
  const run = (...args: string[]) => {
    const { FORCE_COLOR: _, CONTINUO_HOME: __, XDG_CONFIG_HOME: ___, ...env } = process.env;
    const windows = { USERPROFILE: home, APPDATA: join(home, "Roaming"), LOCALAPPDATA: join(home, "Local") };
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...env, HOME: home, ...(process.platform === "win32" ? windows : {}) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return finish(child);
  };
  const ship = (host: string, files: Files) => {
    const target = join(folder, "dist", "hosts", host);
    rmSync(target, { recursive: true, force: true });
    putFiles(target, files);
  };
  for (const [host, files] of Object.entries(hosts)) ship(host, files);
  const continuo =
    process.platform === "win32" ? join(home, "Roaming", "continuo") : join(home, ".config", "continuo");
  const fails = async (...args: string[]) => errorCode((await run(...args)).stderr);
  return { home, continuo, program, run, fails, ship };
}

export function putFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Every file below a folder with its text. */
export function filesIn(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")]),
  );
}
