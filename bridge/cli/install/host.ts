/**
 * The scripts of a host: copied to where it reads them, and taken away again.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { platformFolder } from "../../engine/addon.ts";
import { folderOf, readShipped } from "../../install/files.ts";
import type { Host, InstallName, PluginFormat, Renewal } from "../../install/host.ts";
import { PLUGIN_FORMATS } from "../../install/host.ts";
import { HOSTS, locationsOf } from "../../install/hosts.ts";
import {
  carryOut,
  entryOf,
  type InstallPlan,
  isSameLocation,
  planInstall,
  planUninstall,
  removeFolders,
  type Step,
} from "../../install/install.ts";
import type { ScriptLocation } from "../../install/location.ts";
import { thisMachine } from "../../install/machine.ts";
import { programFile, removeProgramFile, thisProgram, writeProgramFile } from "../../install/program-file.ts";
import { readRecord, writeRecord } from "../../install/record.ts";
import { homeFolder, installFolder } from "../../instance/folders.ts";
import { type CliIo, printLine, say } from "../io.ts";
import { VERSION } from "../version.ts";

export interface HostOptions {
  to?: string;
  dryRun?: boolean;
}

/** Where the build puts the files of a host; the plugin comes with this machine's native modules in a release. */
export function shippedFolder(name: InstallName): string {
  const isFormat = PLUGIN_FORMATS.some((format) => format === name);
  if (!isFormat) return join(installFolder(), "dist", "hosts", name);
  const built = join(installFolder(), "dist", "plugin", name);
  const released = existsSync(built) ? undefined : platformFolder();
  return released === undefined ? built : join(released, "plugin", name);
}

/** The plugin in all its formats, or in one. @throws as installHost */
export function installPlugin(io: CliIo, formats: readonly PluginFormat[], options: HostOptions): void {
  for (const format of formats) installHost(io, format, options);
  if (options.dryRun) return;
  say(io, "");
  say(io, "in your DAW: scan for plugins again, then look for Continuo (instrument) or Continuo MIDI FX");
  say(io, "where its notes go in each DAW is in docs/hosts/plugin.md");
}

/** @throws as uninstallHost */
export function uninstallPlugin(io: CliIo, formats: readonly PluginFormat[], options: HostOptions): void {
  for (const format of formats) uninstallHost(io, format, options);
}

/** @throws BridgeError HOST_NOT_FOUND, HOST_FILES_MISSING, HOST_LINK, HOSTS_RECORD_INVALID, INSTALL_FAILED */
export function installHost(io: CliIo, name: InstallName, { to, dryRun }: HostOptions): void {
  const host = HOSTS[name];
  const machine = thisMachine(io.env);
  const shipped = readShipped(shippedFolder(name), host.build);
  const record = readRecord(io.env);
  const before = record[name] ?? [];
  const planned = locationsOf(host, machine, to).map((location) => {
    const known = before.find((entry) => isSameLocation(entry, location));
    const renewal = host.renewal?.(location, shipped);
    return { known, plan: { ...planInstall(location, shipped, known), renewal } };
  });
  for (const { plan } of planned) printPlan(io, plan, host);
  if (dryRun) {
    say(io, "nothing was changed: --dry-run");
    return;
  }
  let entries = before;
  for (const { known, plan } of planned) {
    carryOut(plan);
    // Recorded one by one: a failure at the next location does not lose this one.
    const entry = entryOf(plan, shipped, known, VERSION);
    entries = [...entries.filter((other) => !isSameLocation(other, entry)), entry];
    writeRecord(io.env, record, name, entries);
  }
  writeProgramFile(io.env, thisProgram());
  say(io, `what starts the daemon is in ${programFile(io.env)}`);
  printNext(
    io,
    host,
    planned.map(({ plan }) => plan.location),
    shipped.map(({ path }) => path),
  );
  if (planned.some(({ plan }) => plan.renewal?.old.length)) {
    say(io, `if ${host.title} is running, restart it: until then it runs the old scripts`);
  }
}

function printNext(
  io: CliIo,
  host: Host,
  locations: readonly ScriptLocation[],
  files: readonly string[],
): void {
  const [first] = locations;
  if (first === undefined) return;
  const installed = { machine: thisMachine(io.env), folder: folderOf(first), files };
  const lines = host.next(installed);
  if (lines.length > 0) say(io, "");
  for (const line of lines) say(io, line);
  const home = homeFolder(io.env);
  for (const { label, flatpak } of locations) {
    if (flatpak === undefined) continue;
    say(io, `${label} sees the daemon's folder after this, and cannot start a daemon itself:`);
    printLine(
      io.stdout,
      `  flatpak override --user --env=CONTINUO_HOME="${home}" --filesystem="${home}" ${flatpak}`,
    );
    say(io, "  continuo install service");
  }
  if (io.env.CONTINUO_HOME) {
    say(io, `CONTINUO_HOME is ${home}: ${host.title} must be started with it too`);
  }
}

/** @throws BridgeError HOST_LINK, HOSTS_RECORD_INVALID, INSTALL_FAILED */
export function uninstallHost(io: CliIo, name: InstallName, { to, dryRun }: HostOptions): void {
  const host = HOSTS[name];
  const record = readRecord(io.env);
  const before = record[name] ?? [];
  const named = to === undefined ? undefined : host.locationIn(resolve(to), thisMachine(io.env));
  const gone = before.filter((entry) => named === undefined || isSameLocation(entry, named));
  if (gone.length === 0) {
    say(io, `nothing of Continuo is installed in ${host.title}`);
    return;
  }
  const planned = gone.map((entry) => ({ entry, plan: planUninstall(entry) }));
  for (const { plan } of planned) printPlan(io, plan, host);
  if (dryRun) {
    say(io, "nothing was changed: --dry-run");
    return;
  }
  const copies = planned.flatMap(({ entry }) => copiesIn(host, entry));
  let entries = before;
  for (const { entry, plan } of planned) {
    carryOut(plan);
    removeFolders(entry);
    entries = entries.filter((other) => other !== entry);
    writeRecord(io.env, record, name, entries);
  }
  if (Object.keys(readRecord(io.env)).length === 0) removeProgramFile(io.env);
  for (const { menu, titles } of copies) {
    const names = titles.map((title) => `"${title}"`).join(", ");
    say(io, `${host.title} has copies of ${names}: take them out in ${menu}`);
  }
}

function copiesIn(host: Host, location: ScriptLocation): Renewal[] {
  const folder = shippedFolder(host.name);
  const copies = existsSync(folder) ? host.renewal?.(location, readShipped(folder, host.build)) : undefined;
  return copies === undefined ? [] : [copies];
}

const WORDS: Readonly<Record<Step["action"], string>> = {
  same: "is current",
  write: "write",
  replace: "replace",
  remove: "remove",
  keep: "you changed",
};

function printPlan(io: CliIo, { location, steps, renewal }: InstallPlan, host: Host): void {
  say(io, `${location.label}: ${folderOf(location)}`);
  if (steps.length === 0) say(io, "  nothing is there any more");
  for (const step of steps) {
    const more = step.action === "keep" ? `; yours is kept as ${step.backup}` : "";
    say(io, `  ${WORDS[step.action]} ${step.path}${more}`);
  }
  for (const title of renewal?.old ?? []) {
    say(io, `  renew ${host.title}'s own copy of "${title}"`);
  }
}
