/**
 * program.txt in the user's folder: how scripts inside a host start the daemon if it is not running. Two lines, Node and the
 * program that it runs, in UTF-8.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { homeFolder, installFolder } from "../instance/folders.ts";
import { writeWhole } from "./files.ts";

const PROGRAM_FILE = "program.txt";

export interface Program {
  node: string;
  program: string;
}

export function programFile(env: NodeJS.ProcessEnv): string {
  return join(homeFolder(env), PROGRAM_FILE);
}

/** What runs here. */
export function thisProgram(): Program {
  return { node: process.execPath, program: join(installFolder(), "dist", "cli.js") };
}

export function writeProgramFile(env: NodeJS.ProcessEnv, { node, program }: Program): void {
  mkdirSync(homeFolder(env), { recursive: true, mode: 0o700 });
  writeWhole(programFile(env), Buffer.from(`${node}\n${program}\n`));
}

export function removeProgramFile(env: NodeJS.ProcessEnv): void {
  rmSync(programFile(env), { force: true });
}

/** @returns undefined if it is missing or invalid */
export function readProgramFile(env: NodeJS.ProcessEnv): Program | undefined {
  let text: string;
  try {
    text = readFileSync(programFile(env), "utf8");
  } catch {
    return undefined;
  }
  const [node, program, ...rest] = text.split("\n");
  const isWhole = node !== undefined && program !== undefined && rest.join("") === "";
  return isWhole && node !== "" && program !== "" ? { node, program } : undefined;
}
