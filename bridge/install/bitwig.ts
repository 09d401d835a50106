/**
 * Bitwig Studio reads the folders under `Controller Scripts` of its user library.
 */
import { type Host, lastName, searchFolders } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import { joinOn, type Machine } from "./machine.ts";

const USER_LIBRARY = "Bitwig Studio";
const SCRIPTS = "Controller Scripts";
const BELOW = [SCRIPTS, "Continuo"];
const FLATPAK = "com.bitwig.BitwigStudio";
const ONE_DRIVES = ["OneDrive", "OneDriveConsumer", "OneDriveCommercial"];

function libraries(machine: Machine): Omit<ScriptLocation, "below">[] {
  const { platform, home } = machine;
  const label = "Bitwig Studio";
  if (platform === "darwin") return [{ label, root: joinOn(machine, home, "Documents", USER_LIBRARY) }];
  if (platform === "win32") {
    return documents(machine).map((folder) => ({ label, root: joinOn(machine, folder, USER_LIBRARY) }));
  }
  const apart = joinOn(machine, home, ".var", "app", FLATPAK, USER_LIBRARY);
  return [
    { label, root: joinOn(machine, home, USER_LIBRARY) },
    { label: `${label} (Flatpak)`, root: apart, flatpak: FLATPAK },
  ];
}

/** Windows moves the folder of documents into OneDrive's, where it has its name in the user's language. */
function documents(machine: Machine): string[] {
  const { env, home } = machine;
  const plain = joinOn(machine, home, "Documents");
  const clouds = new Set(ONE_DRIVES.flatMap((name) => env[name] || []));
  const moved = [...clouds].flatMap((cloud) => {
    const children = (machine.list(cloud) ?? []).map((name) => joinOn(machine, cloud, name));
    const used = children.filter((child) => machine.list(child)?.includes(USER_LIBRARY));
    return used.length > 0 ? used : [joinOn(machine, cloud, "Documents")];
  });
  return [plain, ...moved];
}

export const bitwig: Host = {
  name: "bitwig",
  title: "Bitwig Studio",
  toMeans: "My Controller Scripts of its Settings > Locations",
  search: (machine) => searchFolders(machine, libraries(machine), BELOW),
  locationIn: (folder, machine) => {
    const isLibrary = lastName(folder) === USER_LIBRARY || (machine.list(folder)?.includes(SCRIPTS) ?? false);
    return { label: "Bitwig Studio", root: folder, below: isLibrary ? BELOW : BELOW.slice(1) };
  },
  next: () => [
    "in Bitwig Studio: Settings > Controllers > Add controller > Continuo",
    "its buttons are in the Studio I/O panel",
  ],
};
