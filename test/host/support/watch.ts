/**
 * Runs the real `continuo watch`, with a folder that a DAW exports into.
 */
import type { ChildProcess } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { finish, type Result, startCli, temporaryFolder } from "../../bridge/support/cli.ts";
import { until } from "../../e2e/support/wait.ts";

export interface Watch {
  folder: string;
  child: ChildProcess;
  ended: Promise<Result>;
  said: () => string;
}

/** Watching, from the moment on that it says so. */
export async function startWatch(
  args: readonly string[],
  { folder = temporaryFolder(), env = {} }: { folder?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Watch> {
  const child = startCli(["watch", folder, ...args], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  const hear = (data: Buffer) => {
    said += data.toString();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const ended = finish(child);
  await until("watching", () => said.includes("watching"));
  return { folder, child, ended, said: () => said };
}

/** As a DAW may: under another name, then renamed. */
export function put(folder: string, name: string, bytes: Buffer): void {
  writeFileSync(join(folder, "export.tmp"), bytes);
  renameSync(join(folder, "export.tmp"), join(folder, name));
}
