/**
 * continuo install and uninstall: what Continuo leaves outside its own folder.
 */
import { Argument, Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { HOST_NAMES, type HostName } from "../install/host.ts";
import type { HostOptions } from "./install/host.ts";
import { installService, uninstallService } from "./install/service.ts";
import type { CliIo } from "./io.ts";

type What = HostName | "service";

const SERVICE = "service";

interface InstallOptions extends HostOptions {
  enable: boolean;
}

const EXAMPLES = `
Every version of the host that is found gets the scripts. --to names another folder: Ardour's settings (ardour8),
REAPER's resource path (also of a portable installation), Bitwig's My Controller Scripts; for Live any folder.

Examples:
  continuo install ardour
  continuo install reaper --to /opt/REAPER
  continuo install bitwig --dry-run
  continuo install service`;

const UNINSTALL_EXAMPLES = `
Only what was installed is removed; a script that you changed is kept as NAME.bak.

Examples:
  continuo uninstall ardour
  continuo uninstall service`;

export function installCommand(io: CliIo): Command {
  return new Command("install")
    .description("put the scripts into a DAW, or start the daemon at login")
    .addArgument(new Argument("<WHAT>", "a DAW, or the service").choices([...HOST_NAMES, SERVICE]))
    .option("--to <FOLDER>", "install into this folder instead of those found")
    .option("--dry-run", "show what would be done, without doing it")
    .option("--no-enable", "service: only write the file, and show the command that activates it")
    .addHelpText("after", EXAMPLES)
    .action(async (what: What, options: InstallOptions) => {
      checkOptions(what, options);
      if (what === SERVICE) installService(io, options.enable);
      else (await loadHosts()).installHost(io, what, options);
    });
}

export function uninstallCommand(io: CliIo): Command {
  return new Command("uninstall")
    .description("remove the scripts from a DAW, or stop starting the daemon at login")
    .addArgument(new Argument("<WHAT>", "a DAW, or the service").choices([...HOST_NAMES, SERVICE]))
    .option("--to <FOLDER>", "only from this folder, the one given at installation")
    .option("--dry-run", "show what would be done, without doing it")
    .addHelpText("after", UNINSTALL_EXAMPLES)
    .action(async (what: What, options: HostOptions) => {
      checkOptions(what, { ...options, enable: true });
      if (what === SERVICE) uninstallService(io);
      else (await loadHosts()).uninstallHost(io, what, options);
    });
}

/** Loaded only where it is needed: other commands start faster without. */
function loadHosts() {
  return import("./install/host.ts");
}

/** @throws BridgeError OPTION_CONFLICT */
function checkOptions(what: What, { to, dryRun, enable }: InstallOptions): void {
  const isHostOption = to !== undefined || dryRun === true;
  if (what === SERVICE ? !isHostOption : enable) return;
  const options = what === SERVICE ? "--to and --dry-run are" : "--no-enable is";
  throw new BridgeError("OPTION_CONFLICT", `${options} not for ${what}; leave it out`);
}
