/**
 * continuo install and uninstall: what Continuo leaves outside its own folder.
 */
import { Argument, Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { HOST_NAMES, type HostName, PLUGIN_FORMATS, type PluginFormat } from "../install/host.ts";
import type { HostOptions } from "./install/host.ts";
import { installService, uninstallService } from "./install/service.ts";
import type { CliIo } from "./io.ts";

type What = HostName | "plugin" | "service";

const PLUGIN = "plugin";
const SERVICE = "service";

interface PluginOptions extends HostOptions {
  format?: PluginFormat;
}

interface InstallOptions extends PluginOptions {
  enable: boolean;
}

const EXAMPLES = `
Every version of the host that is found gets the scripts. --to names another folder: Ardour's settings (ardour8),
REAPER's resource path (also of a portable installation), Bitwig's My Controller Scripts; for Live any folder.
The plugin goes into the user's folders for CLAP, VST3 and LV2, which every DAW reads.

Examples:
  continuo install ardour
  continuo install reaper --to /opt/REAPER
  continuo install bitwig --dry-run
  continuo install plugin --format clap
  continuo install service`;

const UNINSTALL_EXAMPLES = `
Only what was installed is removed; a script that you changed is kept as NAME.bak.

Examples:
  continuo uninstall ardour
  continuo uninstall service`;

const WHAT = new Argument("<WHAT>", "a DAW, the plugin, or the service").choices([
  ...HOST_NAMES,
  PLUGIN,
  SERVICE,
]);

export function installCommand(io: CliIo): Command {
  return new Command("install")
    .description(
      "put the scripts into a DAW, or the plugin where all look for it, or start the daemon at login",
    )
    .addArgument(WHAT)
    .option("--to <FOLDER>", "install into this folder instead of those found")
    .addOption(new Option("--format <FORMAT>", "plugin: only this format").choices(PLUGIN_FORMATS))
    .option("--dry-run", "show what would be done, without doing it")
    .option("--no-enable", "service: only write the file, and show the command that activates it")
    .addHelpText("after", EXAMPLES)
    .action(async (what: What, options: InstallOptions) => {
      checkOptions(what, options);
      if (what === SERVICE) installService(io, options.enable);
      else if (what === PLUGIN) (await loadHosts()).installPlugin(io, formatsOf(options), options);
      else (await loadHosts()).installHost(io, what, options);
    });
}

export function uninstallCommand(io: CliIo): Command {
  return new Command("uninstall")
    .description("remove the scripts from a DAW, or the plugin, or stop starting the daemon at login")
    .addArgument(WHAT)
    .option("--to <FOLDER>", "only from this folder, the one given at installation")
    .addOption(new Option("--format <FORMAT>", "plugin: only this format").choices(PLUGIN_FORMATS))
    .option("--dry-run", "show what would be done, without doing it")
    .addHelpText("after", UNINSTALL_EXAMPLES)
    .action(async (what: What, options: PluginOptions) => {
      checkOptions(what, { ...options, enable: true });
      if (what === SERVICE) uninstallService(io);
      else if (what === PLUGIN) (await loadHosts()).uninstallPlugin(io, formatsOf(options), options);
      else (await loadHosts()).uninstallHost(io, what, options);
    });
}

function formatsOf({ format }: PluginOptions): readonly PluginFormat[] {
  return format === undefined ? PLUGIN_FORMATS : [format];
}

/** Loaded only where it is needed: other commands start faster without. */
function loadHosts() {
  return import("./install/host.ts");
}

/** @throws BridgeError OPTION_CONFLICT */
function checkOptions(what: What, { to, dryRun, enable, format }: InstallOptions): void {
  if (format !== undefined && what !== PLUGIN) {
    throw new BridgeError("OPTION_CONFLICT", `--format is not for ${what}; leave it out`);
  }
  const isHostOption = to !== undefined || dryRun === true;
  if (what === SERVICE ? !isHostOption : enable) return;
  const options = what === SERVICE ? "--to and --dry-run are" : "--no-enable is";
  throw new BridgeError("OPTION_CONFLICT", `${options} not for ${what}; leave it out`);
}
