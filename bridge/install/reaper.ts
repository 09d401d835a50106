/**
 * REAPER keeps scripts under `Scripts` in its resource path, which for a portable installation is the program's own
 * folder.
 */
import { type Host, lastName, searchFolders } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import { configFolder, flatpakConfigFolder, joinOn, type Machine } from "./machine.ts";

const BELOW = ["Scripts", "Continuo"];
const FLATPAK = "fm.reaper.Reaper";

/** Source: REAPER, Options > Show REAPER resource path; the wiki's page on moving an installation. */
function resourcePaths(machine: Machine): Omit<ScriptLocation, "below">[] {
  const { platform, home, env } = machine;
  const label = "REAPER";
  if (platform === "darwin") {
    return [{ label, root: joinOn(machine, home, "Library", "Application Support", "REAPER") }];
  }
  if (platform === "win32") {
    const roaming = env.APPDATA || joinOn(machine, home, "AppData", "Roaming");
    return [{ label, root: joinOn(machine, roaming, "REAPER") }];
  }
  const apart = joinOn(machine, flatpakConfigFolder(machine, FLATPAK), "REAPER");
  return [
    { label, root: joinOn(machine, configFolder(machine), "REAPER") },
    { label: "REAPER (Flatpak)", root: apart, flatpak: FLATPAK },
  ];
}

export const reaper: Host = {
  name: "reaper",
  title: "REAPER",
  toMeans: "its resource path, where reaper.ini is (Options > Show REAPER resource path)",
  search: (machine) => searchFolders(machine, resourcePaths(machine), BELOW),
  locationIn: (folder) =>
    lastName(folder) === "Scripts"
      ? { label: "REAPER", root: folder, below: BELOW.slice(1) }
      : { label: "REAPER", root: folder, below: BELOW },
  next: ({ folder }) => [
    `in REAPER: Actions > Show action list > New action > Load ReaScript, and choose all in ${folder}`,
    "a key for each: select it in that list, then Add under Shortcuts; the MIDI editor has a list of its own",
  ],
};
