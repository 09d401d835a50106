/**
 * The daemon at login: written for the system to read, and taken away again.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { type Autostart, autostartFor } from "../../daemon/autostart.ts";
import { thisProgram } from "../../install/program-file.ts";
import { type CliIo, say } from "../io.ts";

/** @throws BridgeError INSTALL_FAILED, SERVICE_UNSUPPORTED */
export function installService(io: CliIo, isEnabled: boolean): void {
  const service = autostart(io);
  try {
    mkdirSync(dirname(service.path), { recursive: true });
    writeFileSync(service.path, service.content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError(
      "INSTALL_FAILED",
      `${service.path} was not written (${reason}); check its permissions`,
      {
        cause,
      },
    );
  }
  say(io, `written: ${service.path}`);
  if (isEnabled && succeeds(service.enable)) {
    say(io, `${service.system} starts the daemon now and at every login`);
  } else {
    say(io, `${service.system} reads it after: ${service.enable.join(" ")}`);
  }
}

/** @throws BridgeError SERVICE_UNSUPPORTED */
export function uninstallService(io: CliIo): void {
  const service = autostart(io);
  succeeds(service.disable);
  rmSync(service.path, { force: true });
  say(io, `removed: ${service.path}`);
}

function autostart(io: CliIo): Autostart {
  const service = autostartFor({ platform: process.platform, env: io.env, ...thisProgram() });
  if (service !== undefined) return service;
  throw new BridgeError(
    "SERVICE_UNSUPPORTED",
    `${process.platform} has no systemd, launchd or Task Scheduler; run continuo serve --detach at login`,
  );
}

function succeeds([program, ...args]: readonly string[]): boolean {
  return (
    program !== undefined && spawnSync(program, args, { stdio: "ignore", windowsHide: true }).status === 0
  );
}
