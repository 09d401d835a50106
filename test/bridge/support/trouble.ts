/**
 * Adverse conditions for a program: a full disk, another user's files, a kill at any moment.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { finish, PROGRAM, type Result, startCli, temporaryFolder } from "./cli.ts";
import { header, track } from "./smf.ts";

/** A user who owns nothing. */
const NOBODY = 65_534;

export const isRoot = process.getuid?.() === 0;

/**
 * A folder on a disk of its own with so many bytes; undefined where that cannot be had.
 * @throws where the machine is one that must have it, see CONTINUO_REQUIRE_HOSTS
 */
export function smallDisk(bytes: number): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
  } catch (cause) {
    if (process.env.CONTINUO_REQUIRE_HOSTS === "1")
      throw new Error("no small disk can be mounted", { cause });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
  });
  return folder;
}

/**
 * `continuo ARGS` as a user for whom rights count: whoever runs the tests, or nobody if that is root.
 * The program is copied to where anyone may read it.
 */
export async function runCliAsNobody(args: readonly string[]): Promise<Result> {
  if (!isRoot) return finish(startCli(args));
  const folder = mkdtempSync(join(tmpdir(), "continuo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  cpSync(dirname(PROGRAM), join(folder, "dist"), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
  const child = spawn(process.execPath, [join(folder, "dist", "cli.js"), ...args], {
    uid: NOBODY,
    gid: NOBODY,
    env: { ...process.env, HOME: folder, CONTINUO_HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return finish(child);
}

/**
 * Kill the program as nothing else does, as soon as it is `time`, and wait for its end.
 * @returns whether it was killed, and had not come to its end by then
 */
export async function killWhen(child: ChildProcess, time: () => boolean): Promise<boolean> {
  const ended = finish(child);
  while (child.exitCode === null && !time()) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill("SIGKILL");
  await ended;
  return child.signalCode === "SIGKILL";
}

/**
 * Whether a folder was seen to change so often from now on: a moment as random as one by the clock, which comes however
 * fast the machine is.
 */
export function afterChanges(folder: string, count: number): () => boolean {
  const states = new Set([stateOf(folder)]);
  return () => states.add(stateOf(folder)).size > count;
}

/** The files in a folder, with what tells one writing of them from another. */
function stateOf(folder: string): string {
  try {
    const marks = readdirSync(folder).map((name) => {
      const { ino, size, mtimeNs } = lstatSync(join(folder, name), { bigint: true });
      return `${name} ${ino} ${size} ${mtimeNs}`;
    });
    return marks.join("\n");
  } catch {
    // Not there yet, or changed while it was looked at.
    return "";
  }
}

/** The same numbers for the same seed, each from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A file of one track with a melody of its own. */
export function melody(seed: number, notes = 64): Buffer {
  const random = randomNumbers(seed * 7919 + 1);
  const events = Array.from({ length: notes }, () => {
    const pitch = 48 + Math.floor(random() * 32);
    const gap = 24 + 24 * Math.floor(random() * 3);
    return [0, 0x90, pitch, 64 + Math.floor(random() * 48), gap, 0x80, pitch, 0];
  });
  return Buffer.concat([header(0, 1, 96), track(...events.flat())]);
}
