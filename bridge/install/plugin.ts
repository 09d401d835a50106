/**
 * The plugin's formats, as hosts in which it is installed: each has one folder in the user's account that all DAWs
 * read, made where it is missing.
 */
import type { Host, PluginFormat } from "./host.ts";
import { joinOn, type Machine } from "./machine.ts";

type Folders = Record<"linux" | "darwin" | "win32", readonly string[]>;

/**
 * Folders below the user's own (Linux, macOS), the local application data (Windows; for LV2 the roaming one).
 * Sources: CLAP, clap/entry.h; Steinberg, "VST 3 Plug-in locations"; LV2 book and lilv, "lilv_default_path".
 */
const FOLDERS: Readonly<Record<PluginFormat, Folders>> = {
  clap: {
    linux: [".clap"],
    darwin: ["Library", "Audio", "Plug-Ins", "CLAP"],
    win32: ["Programs", "Common", "CLAP"],
  },
  vst3: {
    linux: [".vst3"],
    darwin: ["Library", "Audio", "Plug-Ins", "VST3"],
    win32: ["Programs", "Common", "VST3"],
  },
  lv2: {
    linux: [".lv2"],
    darwin: ["Library", "Audio", "Plug-Ins", "LV2"],
    win32: ["LV2"],
  },
};

const TITLES: Readonly<Record<PluginFormat, string>> = { clap: "CLAP", vst3: "VST3", lv2: "LV2" };

export function pluginFormat(name: PluginFormat): Host {
  const label = `${TITLES[name]} plugins`;
  return {
    name,
    title: label,
    command: "plugin",
    build: "npm run build:plugin",
    toMeans: "any folder that your DAW reads plugins from",
    search(machine) {
      const { platform } = machine;
      if (platform !== "linux" && platform !== "darwin" && platform !== "win32")
        return { found: [], looked: [] };
      const root = rootOf(name, machine);
      return { found: [{ label, root, below: FOLDERS[name][platform] }], looked: [root] };
    },
    locationIn: (folder) => ({ label, root: folder, below: [] }),
    next: () => [],
  };
}

function rootOf(name: PluginFormat, machine: Machine): string {
  const { platform, env, home } = machine;
  if (platform !== "win32") return home;
  return name === "lv2"
    ? env.APPDATA || joinOn(machine, home, "AppData", "Roaming")
    : env.LOCALAPPDATA || joinOn(machine, home, "AppData", "Local");
}
