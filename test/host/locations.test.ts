/**
 * Where the scripts of each host are installed, on three systems.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { folderOf } from "../../bridge/install/files.ts";
import type { HostName } from "../../bridge/install/host.ts";
import { HOSTS, locationsOf } from "../../bridge/install/hosts.ts";
import { joinOn, type Machine } from "../../bridge/install/machine.ts";
import { temporaryFolder } from "../bridge/support/cli.ts";
import { machineWith } from "./support/machine.ts";

const LINUX = "/home/zoë";
const MAC = "/Users/zoë b";
const WINDOWS = "C:\\Users\\Zoë B";

/** Label and folder of every place. */
function found(name: HostName, machine: Machine): [string, string][] {
  return locationsOf(HOSTS[name], machine).map(({ label, root, below }) => [
    label,
    joinOn(machine, root, ...below),
  ]);
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (thrown) {
    return thrown instanceof BridgeError ? thrown.code : String(thrown);
  }
  return undefined;
}

describe("Ardour: every major version", () => {
  test("Linux, and Flatpak", () => {
    const config = `${LINUX}/.config`;
    const flatpak = `${LINUX}/.var/app/org.ardour.Ardour/config`;
    const others = [`${config}/ardour`, `${config}/ardour-export`, `${config}/myardour7`];
    const machine = machineWith("linux", LINUX, [
      `${config}/ardour10`,
      `${config}/ardour7`,
      ...others,
      `${flatpak}/ardour8`,
    ]);
    expect(found("ardour", machine)).toEqual([
      ["Ardour 7", `${config}/ardour7/scripts`],
      ["Ardour 8 (Flatpak)", `${flatpak}/ardour8/scripts`],
      ["Ardour 10", `${config}/ardour10/scripts`],
    ]);
  });

  test("a Flatpak's id, for what must be told to it", () => {
    const app = (id: string) => `${LINUX}/.var/app/${id}`;
    const ids = {
      ardour: "org.ardour.Ardour",
      reaper: "fm.reaper.Reaper",
      bitwig: "com.bitwig.BitwigStudio",
    };
    const machine = machineWith("linux", LINUX, [
      `${app(ids.ardour)}/config/ardour8`,
      `${app(ids.reaper)}/config/REAPER`,
      `${app(ids.bitwig)}/Bitwig Studio`,
      `${LINUX}/.config/REAPER`,
    ]);
    const flatpaks = (name: HostName) => locationsOf(HOSTS[name], machine).map(({ flatpak }) => flatpak);
    expect([flatpaks("ardour"), flatpaks("reaper"), flatpaks("bitwig")]).toEqual([
      [ids.ardour],
      [undefined, ids.reaper],
      [ids.bitwig],
    ]);
  });

  test("XDG_CONFIG_HOME, macOS, Windows", () => {
    const moved = machineWith("linux", LINUX, ["/etc/me/ardour9"], { XDG_CONFIG_HOME: "/etc/me" });
    expect(found("ardour", moved)).toEqual([["Ardour 9", "/etc/me/ardour9/scripts"]]);
    const mac = machineWith("darwin", MAC, [`${MAC}/Library/Preferences/Ardour8`]);
    expect(found("ardour", mac)).toEqual([["Ardour 8", `${MAC}/Library/Preferences/Ardour8/scripts`]]);
    const local = `${WINDOWS}\\AppData\\Local`;
    const windows = machineWith("win32", WINDOWS, [`${local}\\Ardour8`], { LOCALAPPDATA: local });
    expect(found("ardour", windows)).toEqual([["Ardour 8", `${local}\\Ardour8\\scripts`]]);
    expect(found("ardour", { ...windows, env: {} })).toEqual(found("ardour", windows));
  });
});

test("REAPER: its resource path", () => {
  const flatpak = `${LINUX}/.var/app/fm.reaper.Reaper/config/REAPER`;
  const linux = machineWith("linux", LINUX, [`${LINUX}/.config/REAPER`, flatpak]);
  expect(found("reaper", linux)).toEqual([
    ["REAPER", `${LINUX}/.config/REAPER/Scripts/Continuo`],
    ["REAPER (Flatpak)", `${flatpak}/Scripts/Continuo`],
  ]);
  const support = `${MAC}/Library/Application Support/REAPER`;
  expect(found("reaper", machineWith("darwin", MAC, [support]))).toEqual([
    ["REAPER", `${support}/Scripts/Continuo`],
  ]);
  const roaming = "D:\\Roaming";
  const windows = machineWith("win32", WINDOWS, [`${roaming}\\REAPER`], { APPDATA: roaming });
  expect(found("reaper", windows)).toEqual([["REAPER", `${roaming}\\REAPER\\Scripts\\Continuo`]]);
});

describe("Bitwig: its user library", () => {
  test("Linux, Flatpak, macOS", () => {
    const flatpak = `${LINUX}/.var/app/com.bitwig.BitwigStudio/Bitwig Studio`;
    const linux = machineWith("linux", LINUX, [`${LINUX}/Bitwig Studio`, flatpak]);
    expect(found("bitwig", linux)).toEqual([
      ["Bitwig Studio", `${LINUX}/Bitwig Studio/Controller Scripts/Continuo`],
      ["Bitwig Studio (Flatpak)", `${flatpak}/Controller Scripts/Continuo`],
    ]);
    const mac = machineWith("darwin", MAC, [`${MAC}/Documents/Bitwig Studio`]);
    expect(found("bitwig", mac)).toEqual([
      ["Bitwig Studio", `${MAC}/Documents/Bitwig Studio/Controller Scripts/Continuo`],
    ]);
  });

  test("Windows: documents where they were, and where OneDrive moved them, whatever their name", () => {
    const cloud = `${WINDOWS}\\OneDrive - Büro`;
    const folders = [`${WINDOWS}\\Documents\\Bitwig Studio`, `${cloud}\\Dokumente\\Bitwig Studio`];
    const env = { OneDrive: cloud, OneDriveCommercial: cloud };
    expect(found("bitwig", machineWith("win32", WINDOWS, folders, env))).toEqual(
      folders.map((folder) => ["Bitwig Studio", `${folder}\\Controller Scripts\\Continuo`]),
    );
    const none = HOSTS.bitwig.search(machineWith("win32", WINDOWS, [cloud], env));
    expect(none).toEqual({
      found: [],
      looked: [`${WINDOWS}\\Documents\\Bitwig Studio`, `${cloud}\\Documents\\Bitwig Studio`],
    });
  });
});

test("Live: into a folder of ours, where Live has been started", () => {
  const env = { CONTINUO_HOME: "/my/continuo" };
  const mac = machineWith("darwin", MAC, [`${MAC}/Library/Preferences/Ableton`], env);
  expect(found("ableton", mac)).toEqual([["Ableton Live", "/my/continuo/hosts/ableton"]]);
  const windows = machineWith("win32", WINDOWS, [`${WINDOWS}\\AppData\\Roaming\\Ableton`], env);
  expect(found("ableton", windows).length).toBe(1);
  expect(codeOf(() => found("ableton", machineWith("darwin", MAC, [])))).toBe("HOST_NOT_FOUND");
});

test("HOST_NOT_FOUND: says where it looked, and --to", () => {
  const machine = machineWith("linux", LINUX, []);
  for (const [name, looked] of [
    ["ardour", [`${LINUX}/.config/ardour8`, `${LINUX}/.var/app/org.ardour.Ardour/config/ardour8`]],
    ["reaper", [`${LINUX}/.config/REAPER`]],
    ["bitwig", [`${LINUX}/Bitwig Studio`]],
    ["ableton", ["does not run on this system"]],
  ] as const) {
    try {
      locationsOf(HOSTS[name], machine);
      expect.unreachable(name);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "HOST_NOT_FOUND" });
      const { message } = thrown as Error;
      for (const text of [...looked, "--to"]) expect(message).toContain(text);
    }
  }
  const nowhere = join(temporaryFolder(), "none");
  expect(codeOf(() => locationsOf(HOSTS.reaper, machine, nowhere))).toBe("HOST_NOT_FOUND");
});

test("--to: the folder that holds the scripts, or the one that holds that", () => {
  const cases: [HostName, string, string[]][] = [
    ["ardour", "ardour8", ["ardour8", "scripts"]],
    ["ardour", "ardour8/scripts", ["ardour8", "scripts"]],
    ["reaper", "REAPER", ["REAPER", "Scripts", "Continuo"]],
    ["reaper", "REAPER/Scripts", ["REAPER", "Scripts", "Continuo"]],
    ["bitwig", "Bitwig Studio", ["Bitwig Studio", "Controller Scripts", "Continuo"]],
    ["bitwig", "my scripts", ["my scripts", "Continuo"]],
    ["ableton", "Desktop", ["Desktop", "Continuo"]],
  ];
  const machine = machineWith("linux", LINUX, []);
  for (const [name, to, parts] of cases) {
    expect(folderOf(HOSTS[name].locationIn(join(LINUX, to), machine))).toBe(join(LINUX, ...parts));
  }
});

test("what to click: with names of this installation", () => {
  const mac = machineWith("darwin", MAC, []);
  const next = (name: HostName, machine: Machine, folder: string, files: string[]) =>
    HOSTS[name].next({ machine, folder, files }).join("\n");
  expect(next("ardour", mac, "x", [])).toContain("Script Manager");
  expect(next("reaper", mac, "/r/Scripts/Continuo", [])).toContain("/r/Scripts/Continuo");
  expect(next("bitwig", mac, "x", [])).toContain("Add controller");
  expect(next("ableton", mac, "/a b", ["c.ablx"])).toContain('open -R "/a b/c.ablx"');
  const windows = machineWith("win32", WINDOWS, []);
  expect(next("ableton", windows, "C:\\a b", ["c.ablx"])).toContain('explorer /select,"C:\\a b\\c.ablx"');
  expect(next("ableton", windows, "C:\\a b", ["extension.js"])).toContain("no .ablx");
});
