/**
 * Ardour reads the *.lua files of the folder `scripts` beside its settings, one folder for each major version.
 */
import { type Host, lastName, type Place, type Search } from "./host.ts";
import { configFolder, flatpakConfigFolder, joinOn, type Machine } from "./machine.ts";

const VERSION = /^ardour(\d+)$/i;
const BELOW = ["scripts"];

/** Source: Ardour Manual, "Files and Directories Ardour Knows About"; scripts are looked for beside the settings. */
function basesOf(machine: Machine): { folder: string; note: string }[] {
  const { platform, home, env } = machine;
  if (platform === "darwin") return [{ folder: joinOn(machine, home, "Library", "Preferences"), note: "" }];
  if (platform === "win32") {
    const local = env.LOCALAPPDATA || joinOn(machine, home, "AppData", "Local");
    return [{ folder: local, note: "" }];
  }
  return [
    { folder: configFolder(machine), note: "" },
    { folder: flatpakConfigFolder(machine, "org.ardour.Ardour"), note: " (Flatpak)" },
  ];
}

function search(machine: Machine): Search {
  const bases = basesOf(machine);
  const found = bases.flatMap(({ folder, note }) =>
    (machine.list(folder) ?? []).flatMap((name): Place[] => {
      const version = VERSION.exec(name)?.[1];
      const root = joinOn(machine, folder, name);
      if (version === undefined || machine.list(root) === undefined) return [];
      return [{ label: `Ardour ${version}${note}`, root, below: BELOW }];
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
  placeIn: (folder) =>
    lastName(folder) === "scripts"
      ? { label: "Ardour", root: folder, below: [] }
      : { label: "Ardour", root: folder, below: BELOW },
  next: () => [
    "in Ardour: Edit > Lua Scripts > Script Manager, select an action, Add/Set, and choose Continuo: Fill; the others likewise",
    "if they are not in that list, press Refresh beside it",
    "keys: Window > Keyboard Shortcuts, under LuaAction; or right-click a slot of the toolbar's scripts",
  ],
};
