/**
 * Ardour reads the *.lua files of the folder `scripts` beside its settings, one folder for each major version.
 */
import { renewSlots } from "./ardour-slots.ts";
import { type Host, lastName, type Search } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import { configFolder, flatpakConfigFolder, joinOn, type Machine } from "./machine.ts";

const VERSION = /^ardour(\d+)$/i;
const BELOW = ["scripts"];
const FLATPAK = "org.ardour.Ardour";

/** Source: Ardour Manual, "Files and Directories Ardour Knows About"; scripts are looked for beside the settings. */
function basesOf(machine: Machine): { folder: string; flatpak?: string }[] {
  const { platform, home, env } = machine;
  if (platform === "darwin") return [{ folder: joinOn(machine, home, "Library", "Preferences") }];
  if (platform === "win32") {
    return [{ folder: env.LOCALAPPDATA || joinOn(machine, home, "AppData", "Local") }];
  }
  return [
    { folder: configFolder(machine) },
    { folder: flatpakConfigFolder(machine, FLATPAK), flatpak: FLATPAK },
  ];
}

function search(machine: Machine): Search {
  const bases = basesOf(machine);
  const found = bases.flatMap(({ folder, ...more }) =>
    (machine.list(folder) ?? []).flatMap((name): ScriptLocation[] => {
      const version = VERSION.exec(name)?.[1];
      const root = joinOn(machine, folder, name);
      if (version === undefined || machine.list(root) === undefined) return [];
      const label = `Ardour ${version}${more.flatpak === undefined ? "" : " (Flatpak)"}`;
      return [{ label, root, below: BELOW, ...more }];
    }),
  );
  found.sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
  const name = machine.platform === "darwin" ? "Ardour8" : "ardour8";
  return { found, looked: bases.map(({ folder }) => joinOn(machine, folder, name)) };
}

export const ardour: Host = {
  name: "ardour",
  title: "Ardour",
  toMeans: "the folder of its settings, with the folder scripts in it",
  search,
  locationIn: (folder) =>
    lastName(folder) === "scripts"
      ? { label: "Ardour", root: folder, below: [] }
      : { label: "Ardour", root: folder, below: BELOW },
  renewal: renewSlots,
  next: () => [
    "in Ardour: Edit > Lua Scripts > Script Manager, select an action, Add/Set, and choose Continuo: Fill; the others likewise",
    "if they are not in that list, press Refresh beside it",
    "keys: Window > Keyboard Shortcuts, under LuaAction; or right-click a slot of the toolbar's scripts",
  ],
};
