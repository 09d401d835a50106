/**
 * continuo install and uninstall: what Continuo leaves outside its own folder.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Argument, Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { type Autostart, autostartFor } from "../daemon/autostart.ts";
import { installFolder } from "../engine/places.ts";
import { type CliIo, printLine } from "./io.ts";

const WHAT = new Argument("<WHAT>", "what to install").choices(["service"]);

export function installCommand(io: CliIo): Command {
  return new Command("install")
    .description("start the daemon at login")
    .addArgument(WHAT)
    .option("--no-enable", "write the file only, and say what makes the system read it")
    .addHelpText("after", "\nExamples:\n  continuo install service\n  continuo uninstall service")
    .action((_what: string, options: { enable: boolean }) => {
      const service = autostart(io);
      try {
        mkdirSync(dirname(service.path), { recursive: true });
        writeFileSync(service.path, service.content);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new BridgeError(
          "INSTALL_FAILED",
          `${service.path} was not written (${reason}); look at its rights`,
          { cause },
        );
      }
      printLine(io.stdout, `written: ${service.path}`);
      if (options.enable && succeeds(service.enable)) {
        printLine(io.stdout, `${service.system} starts the daemon now and at every login`);
      } else {
        printLine(io.stdout, `${service.system} reads it after: ${service.enable.join(" ")}`);
      }
    });
}

export function uninstallCommand(io: CliIo): Command {
  return new Command("uninstall")
    .description("start the daemon at login no more")
    .addArgument(WHAT)
    .action(() => {
      const service = autostart(io);
      succeeds(service.disable);
      rmSync(service.path, { force: true });
      printLine(io.stdout, `removed: ${service.path}`);
    });
}

function autostart(io: CliIo): Autostart {
  const service = autostartFor({
    platform: process.platform,
    env: io.env,
    node: process.execPath,
    program: join(installFolder(), "dist", "cli.js"),
  });
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
