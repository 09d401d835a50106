/**
 * Ableton Live takes an extension from the user's hand, into its settings: the files are put where they can be found.
 */
import { homeFolder } from "../instance/folders.ts";
import { type Host, searchFolders } from "./host.ts";
import { joinOn, type Machine } from "./machine.ts";

const BELOW = ["hosts", "ableton"];

/** Where Live keeps its preferences. It does not run on Linux. */
function preferences(machine: Machine): string[] {
  const { platform, home, env } = machine;
  if (platform === "darwin") return [joinOn(machine, home, "Library", "Preferences", "Ableton")];
  if (platform !== "win32") return [];
  return [joinOn(machine, env.APPDATA || joinOn(machine, home, "AppData", "Roaming"), "Ableton")];
}

export const ableton: Host = {
  name: "ableton",
  title: "Ableton Live",
  toMeans: "any folder of yours, from where you drag the extension into Live",
  search: (machine) => {
    const folders = preferences(machine).map((root) => ({ label: "Ableton Live", root }));
    const { found, looked } = searchFolders(machine, folders, BELOW);
    // Live itself is not written to.
    return { found: found.map((location) => ({ ...location, root: homeFolder(machine.env) })), looked };
  },
  locationIn: (root) => ({ label: "Ableton Live", root, below: ["Continuo"] }),
  next: ({ machine, folder, files }) => {
    const extension = files.find((name) => name.endsWith(".ablx"));
    if (extension === undefined) {
      return [
        "this copy of Continuo has no .ablx, because Ableton's SDK, which it needs, may not be redistributed",
        "with the SDK, in a clone: CONTINUO_ABLETON_SDK=FOLDER npm run build, then install again; without, use continuo watch",
      ];
    }
    const path = joinOn(machine, folder, extension);
    const reveal = machine.platform === "win32" ? `explorer /select,"${path}"` : `open -R "${path}"`;
    return [
      `show it: ${reveal}`,
      "in Live: Settings > Extensions, and drag it there; Live needs a version with extensions (12.4.5 beta, Suite)",
      "then: right-click a MIDI clip, or a time selection in the arrangement",
    ];
  },
};
