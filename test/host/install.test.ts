/**
 * continuo install and uninstall of hosts: the real program, with files and home folders of the tests' own.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readShipped } from "../../bridge/install/files.ts";
import { carryOut, planInstall } from "../../bridge/install/install.ts";
import { errorCode, temporaryFolder } from "../bridge/support/cli.ts";
import { type Copy, copyProgram, filesIn, putFiles } from "./support/program.ts";

const ONE = { "continuo_fill.lua": "fill 1", "continuo_old.lua": "old 1", "lib/a.lua": "a 1" };
const TWO = { "continuo_fill.lua": "fill 2", "continuo_new.lua": "new 2", "lib/a.lua": "a 1" };

/** Where Ardour's settings are on the machine that runs the tests. */
function ardourFolder({ home }: Copy, version: number): string {
  if (process.platform === "darwin") return join(home, "Library", "Preferences", `Ardour${version}`);
  if (process.platform === "win32") return join(home, "Local", `ardour${version}`);
  return join(home, ".config", `ardour${version}`);
}

function withArdour(...versions: number[]): { copy: Copy; scripts: string[] } {
  const copy = copyProgram({ ardour: ONE });
  const folders = versions.map((version) => ardourFolder(copy, version));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  return { copy, scripts: folders.map((folder) => join(folder, "scripts")) };
}

const only = <Value>([value]: Value[]): Value => {
  if (value === undefined) throw new Error("there is none");
  return value;
};

describe("install", () => {
  test("into every version, with what starts the daemon, and what to click", async () => {
    const { copy, scripts } = withArdour(7, 8);
    const { exitCode, stdout, stderr } = await copy.run("install", "ardour");
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const folder of scripts) expect(filesIn(folder)).toEqual(ONE);
    expect(stdout).toContain("Ardour 7: ");
    expect(stdout).toContain("Ardour 8: ");
    expect(stdout).toContain("Script Manager");
    expect(readFileSync(join(copy.continuo, "program.txt"), "utf8")).toBe(
      `${process.execPath}\n${copy.program}\n`,
    );
    const left = readdirSync(copy.continuo).sort();
    expect(left).toEqual(["hosts.json", "program.txt"]);
    const again = await copy.run("install", "ardour");
    expect(again.stdout).toContain("is current continuo_fill.lua");
    expect(again.stdout).not.toContain("write");
  });

  test("--dry-run says the same and does nothing", async () => {
    const { copy, scripts } = withArdour(8);
    const { exitCode, stdout } = await copy.run("install", "ardour", "--dry-run");
    expect(exitCode).toBe(0);
    for (const path of Object.keys(ONE)) expect(stdout).toContain(`write ${path}`);
    expect(existsSync(only(scripts))).toBe(false);
    expect(existsSync(copy.continuo)).toBe(false);
  });

  test("a later version replaces, adds and removes; a neighbour's files stay", async () => {
    const { copy, scripts } = withArdour(8);
    const folder = only(scripts);
    putFiles(folder, { "mine.lua": "mine", "continuo_mine.lua": "mine too", "lib/b.lua": "b" });
    await copy.run("install", "ardour");
    copy.ship("ardour", TWO);
    const { stdout } = await copy.run("install", "ardour");
    for (const line of [
      "replace continuo_fill.lua",
      "write continuo_new.lua",
      "remove continuo_old.lua",
      "is current lib/a.lua",
    ]) {
      expect(stdout).toContain(line);
    }
    const neighbours = { "mine.lua": "mine", "continuo_mine.lua": "mine too", "lib/b.lua": "b" };
    expect(filesIn(folder)).toEqual({ ...TWO, ...neighbours });
    await copy.run("uninstall", "ardour");
    expect(filesIn(folder)).toEqual(neighbours);
  });

  test("a file that the user changed is kept beside, also one that is shipped no more", async () => {
    const { copy, scripts } = withArdour(8);
    const folder = only(scripts);
    await copy.run("install", "ardour");
    writeFileSync(join(folder, "continuo_fill.lua"), "mine");
    writeFileSync(join(folder, "continuo_old.lua"), "mine as well");
    writeFileSync(join(folder, "continuo_fill.lua.bak"), "kept long ago");
    copy.ship("ardour", TWO);
    const { stdout } = await copy.run("install", "ardour");
    expect(stdout).toContain(
      `you changed continuo_fill.lua; yours is kept as ${join(folder, "continuo_fill.lua.bak2")}`,
    );
    expect(filesIn(folder)).toEqual({
      ...TWO,
      "continuo_fill.lua.bak": "kept long ago",
      "continuo_fill.lua.bak2": "mine",
      "continuo_old.lua.bak": "mine as well",
    });
  });

  test("--to a portable REAPER, with a space and an umlaut in its path", async () => {
    const copy = copyProgram({ reaper: { "Continuo fill.lua": "fill" } });
    const portable = join(temporaryFolder(), "Größe 7 REAPER");
    putFiles(portable, { "reaper.ini": "" });
    const { exitCode, stdout } = await copy.run("install", "reaper", "--to", portable);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Load ReaScript");
    expect(filesIn(portable)).toEqual({ "reaper.ini": "", "Scripts/Continuo/Continuo fill.lua": "fill" });
    await copy.run("uninstall", "reaper", "--to", portable);
    // The folders that were made for it are gone too.
    expect(readdirSync(portable)).toEqual(["reaper.ini"]);
    expect(readdirSync(copy.continuo)).toEqual([]);
  });

  test.runIf(process.platform === "linux")("a Flatpak: with what lets it see the daemon", async () => {
    const copy = copyProgram({ ardour: ONE });
    const settings = join(copy.home, ".var", "app", "org.ardour.Ardour", "config", "ardour8");
    mkdirSync(settings, { recursive: true });
    const { stdout } = await copy.run("install", "ardour");
    expect(filesIn(join(settings, "scripts"))).toEqual(ONE);
    expect(stdout).toContain(
      `flatpak override --user --env=CONTINUO_HOME="${copy.continuo}" --filesystem="${copy.continuo}" org.ardour.Ardour`,
    );
  });

  test("Live: into a folder of ours, with a word where the extension is not there", async () => {
    const copy = copyProgram({ ableton: { "continuo.ablx": "zip" } });
    const folder = temporaryFolder();
    const { stdout } = await copy.run("install", "ableton", "--to", folder);
    expect(filesIn(folder)).toEqual({ "Continuo/continuo.ablx": "zip" });
    expect(stdout).toContain("Settings > Extensions");
    copy.ship("ableton", { "extension.js": "code" });
    const second = await copy.run("install", "ableton", "--to", folder);
    expect(filesIn(folder)).toEqual({ "Continuo/extension.js": "code" });
    expect(second.stdout).toContain("this copy of Continuo has no .ablx");
  });
});

describe("uninstall", () => {
  test("takes out exactly what was installed; the last one takes program.txt along", async () => {
    const { copy, scripts } = withArdour(7, 8);
    const reaper = temporaryFolder();
    copy.ship("reaper", { "a.lua": "a" });
    await copy.run("install", "ardour");
    await copy.run("install", "reaper", "--to", reaper);
    const dry = await copy.run("uninstall", "ardour", "--dry-run");
    expect(dry.stdout).toContain("remove continuo_fill.lua");
    for (const folder of scripts) expect(filesIn(folder)).toEqual(ONE);
    const first = await copy.run("uninstall", "ardour");
    expect(first.exitCode).toBe(0);
    for (const folder of scripts) expect(existsSync(folder)).toBe(false);
    expect(existsSync(ardourFolder(copy, 7))).toBe(true);
    expect(readdirSync(copy.continuo).sort()).toEqual(["hosts.json", "program.txt"]);
    await copy.run("uninstall", "reaper");
    expect(readdirSync(copy.continuo)).toEqual([]);
    const nothing = await copy.run("uninstall", "ardour");
    expect(nothing).toMatchObject({ exitCode: 0, stdout: "nothing of Continuo is installed in Ardour\n" });
  });

  test("keeps what the user changed, and does not mind what is gone", async () => {
    const { copy, scripts } = withArdour(7, 8);
    const [seven, eight] = [only(scripts), only(scripts.slice(1))];
    await copy.run("install", "ardour");
    writeFileSync(join(eight, "continuo_fill.lua"), "mine");
    rmSync(seven, { recursive: true });
    const { exitCode, stdout } = await copy.run("uninstall", "ardour");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("nothing is there any more");
    expect(filesIn(eight)).toEqual({ "continuo_fill.lua.bak": "mine" });
    expect(readdirSync(copy.continuo)).toEqual([]);
  });

  test("a record that names files elsewhere removes nothing", async () => {
    const { copy } = withArdour(8);
    await copy.run("install", "ardour");
    const path = join(copy.continuo, "hosts.json");
    const precious = join(copy.home, "precious.txt");
    writeFileSync(precious, "old 1");
    const record = readFileSync(path, "utf8");
    for (const bad of [
      "../../precious.txt",
      "/etc/passwd",
      "C:\\\\x",
      "lib/../../../precious.txt",
      "a\\\\b",
    ]) {
      writeFileSync(path, record.replace("continuo_old.lua", bad));
      expect(await copy.fails("uninstall", "ardour")).toBe("HOSTS_RECORD_INVALID");
      expect(await copy.fails("install", "ardour")).toBe("HOSTS_RECORD_INVALID");
    }
    writeFileSync(path, "{");
    expect(await copy.fails("uninstall", "ardour")).toBe("HOSTS_RECORD_INVALID");
    expect(readFileSync(precious, "utf8")).toBe("old 1");
  });
});

describe.skipIf(process.platform === "win32")("links", () => {
  test("HOST_LINK: a folder of scripts that leads elsewhere is not written to, nor removed from", async () => {
    const { copy, scripts } = withArdour(8);
    // Its name begins as that of the folder that may be written to.
    const elsewhere = `${ardourFolder(copy, 8)} of old`;
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, only(scripts));
    expect(await copy.fails("install", "ardour")).toBe("HOST_LINK");
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(only(scripts));
    await copy.run("install", "ardour");
    rmSync(only(scripts), { recursive: true });
    putFiles(elsewhere, ONE);
    symlinkSync(elsewhere, only(scripts));
    expect(await copy.fails("uninstall", "ardour")).toBe("HOST_LINK");
    expect(filesIn(elsewhere)).toEqual(ONE);
    // The folder that it leads to may be named, of course.
    expect(await copy.run("install", "ardour", "--to", elsewhere)).toMatchObject({ exitCode: 0 });
  });

  test("settings that are a link themselves, and links inside them, are the user's way", async () => {
    const copy = copyProgram({ ardour: ONE });
    const real = temporaryFolder();
    mkdirSync(join(real, "my scripts"));
    symlinkSync("my scripts", join(real, "scripts"));
    mkdirSync(join(ardourFolder(copy, 8), ".."), { recursive: true });
    symlinkSync(real, ardourFolder(copy, 8));
    expect(await copy.run("install", "ardour")).toMatchObject({ exitCode: 0 });
    expect(filesIn(join(real, "my scripts"))).toEqual(ONE);
  });

  test("a file that is a link is kept beside, and what it leads to is not written", async () => {
    const { copy, scripts } = withArdour(8);
    const own = join(copy.home, "own.lua");
    writeFileSync(own, "own");
    mkdirSync(only(scripts));
    symlinkSync(own, join(only(scripts), "continuo_fill.lua"));
    await copy.run("install", "ardour");
    expect(readFileSync(own, "utf8")).toBe("own");
    expect(readFileSync(join(only(scripts), "continuo_fill.lua"), "utf8")).toBe("fill 1");
    expect(lstatSync(join(only(scripts), "continuo_fill.lua.bak")).isSymbolicLink()).toBe(true);
  });
});

describe("what goes wrong", () => {
  test("HOST_NOT_FOUND, HOST_FILES_MISSING, OPTION_CONFLICT", async () => {
    const copy = copyProgram({ ardour: ONE });
    expect(await copy.fails("install", "ardour")).toBe("HOST_NOT_FOUND");
    const nowhere = await copy.run("install", "ardour", "--to", join(copy.home, "none"));
    expect([nowhere.exitCode, errorCode(nowhere.stderr)]).toEqual([1, "HOST_NOT_FOUND"]);
    expect(await copy.fails("install", "bitwig", "--to", copy.home)).toBe("HOST_FILES_MISSING");
    expect(await copy.fails("install", "service", "--dry-run")).toBe("OPTION_CONFLICT");
    expect(await copy.fails("install", "ardour", "--no-enable")).toBe("OPTION_CONFLICT");
    expect(await copy.fails("install", "cubase")).toBe("OPTION_INVALID");
    expect(existsSync(copy.continuo)).toBe(false);
  });

  test("INSTALL_FAILED: a folder where a file goes, a file where a folder goes", async () => {
    const { copy, scripts } = withArdour(8);
    mkdirSync(join(only(scripts), "continuo_fill.lua"), { recursive: true });
    expect(await copy.fails("install", "ardour")).toBe("INSTALL_FAILED");
    rmSync(only(scripts), { recursive: true });
    writeFileSync(only(scripts), "");
    expect(await copy.fails("install", "ardour")).toBe("INSTALL_FAILED");
    expect(existsSync(copy.continuo)).toBe(false);
  });

  test("INSTALL_FAILED: what cannot be written, and nothing half written is left", () => {
    const shipped = temporaryFolder();
    putFiles(shipped, { "a.lua": "a", "b/c.lua": "c" });
    const location = { label: "Ardour", root: temporaryFolder(), below: ["scripts"] };
    const plan = planInstall(location, readShipped(shipped), undefined);
    // Somebody else is faster.
    putFiles(location.root, { "scripts/b": "a file" });
    const failed = expect.objectContaining({ code: "INSTALL_FAILED" });
    expect(() => carryOut(plan)).toThrowError(failed);
    rmSync(join(location.root, "scripts"), { recursive: true });
    carryOut(plan);
    mkdirSync(join(location.root, "scripts", "d.lua", "e"), { recursive: true });
    const bytes = Buffer.from("d");
    const inTheWay = { ...plan, steps: [{ action: "write" as const, path: "d.lua", bytes }] };
    expect(() => carryOut(inTheWay)).toThrowError(failed);
    expect(filesIn(location.root)).toEqual({ "scripts/a.lua": "a", "scripts/b/c.lua": "c" });
  });
});
