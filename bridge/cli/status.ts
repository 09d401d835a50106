/**
 * continuo status and stop: the daemon that runs, if one does.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import type { Client } from "../client/client.ts";
import { findInstance, type Instance } from "../instance/lock.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";

const STOP_MS = 5_000;
const LOOK_MS = 30;

export function statusCommand(io: CliIo): Command {
  return new Command("status")
    .description("show whether the daemon runs, and its state")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo status\n  continuo status --json")
    .action(async (options: { json?: boolean }) => {
      const instance = running(io);
      const client = await connected(io, "continuo status");
      try {
        const status = await client.call("status", {});
        if (options.json) {
          printJson(io.stdout, { ...instance, ...status });
          return;
        }
        const { jobs, model, uptimeMs, memoryMib, clients } = status;
        const lines = [
          `running at ${instance.url} (process ${instance.pid}) for ${duration(uptimeMs)}, version ${status.version}`,
          `model    ${model === null ? "not loaded; continuo doctor says why" : `${model.id} on ${model.device}`}`,
          `fills    ${jobs.running} running, ${jobs.queued} waiting, ${jobs.kept} kept`,
          `clients  ${clients}, frames at port ${instance.tcpPort}${instance.folder === null ? "" : `, requests in ${instance.folder}`}`,
          `memory   ${Math.round(memoryMib)} MiB`,
          // A daemon of an earlier version does not say.
          ...(status.writeProblems ?? []).map(
            ({ file, reason, sinceMs }) =>
              `problem  ${file} cannot be written for ${duration(sinceMs)}, and is tried again: ${reason}`,
          ),
        ];
        for (const line of lines) printLine(io.stdout, line);
      } finally {
        client.close();
      }
    });
}

export function stopCommand(io: CliIo): Command {
  return new Command("stop").description("stop the daemon; running fills are cancelled").action(async () => {
    const { pid } = running(io);
    try {
      const client = await connected(io, "continuo stop");
      await client.call("shutdown", {});
      client.close();
    } catch {
      // One that does not answer is asked by its system.
      process.kill(pid, "SIGTERM");
    }
    for (const end = performance.now() + STOP_MS; performance.now() < end; await sleep(LOOK_MS)) {
      if (findInstance(io.env)?.pid !== pid) {
        say(io, "stopped");
        return;
      }
    }
    throw new BridgeError(
      "DAEMON_NOT_STOPPED",
      `the daemon (process ${pid}) did not end in time; end the process`,
      {
        data: { pid },
      },
    );
  });
}

/** Loaded only where it is needed: other commands start faster without. */
async function connected(io: CliIo, name: string): Promise<Client> {
  const { connect } = await import("../client/node.ts");
  return connect({ env: io.env, name });
}

function running(io: CliIo): Instance {
  const instance = findInstance(io.env);
  if (instance !== undefined) return instance;
  throw new BridgeError("DAEMON_NOT_RUNNING", "no daemon runs; start one with continuo serve --detach");
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
