/**
 * The plugin's bundles, installed and uninstalled by the real program.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { platformName } from "../../../bridge/engine/addon.ts";
import { PLUGIN_FORMATS } from "../../../bridge/install/host.ts";
import { HOSTS, locationsOf } from "../../../bridge/install/hosts.ts";
import type { Machine } from "../../../bridge/install/machine.ts";
import { machineOf } from "../../../scripts/steps/plugin.mjs";
import { errorCode, runCli, temporaryFolder } from "../../bridge/support/cli.ts";
import { filesIn } from "../support/program.ts";

const BUNDLES = ["Continuo.clap", "Continuo.vst3", "continuo.lv2"];

function machine(platform: NodeJS.Platform, home: string, env: NodeJS.ProcessEnv = {}): Machine {
  return { platform, env, home, list: () => undefined };
}

test("all formats go where every DAW looks, on each system", () => {
  const folders = (on: Machine) =>
    PLUGIN_FORMATS.flatMap((format) =>
      locationsOf(HOSTS[format], on).map(({ root, below }) => [root, ...below].join("|")),
    );
  expect(folders(machine("linux", "/home/ü"))).toEqual(["/home/ü|.clap", "/home/ü|.vst3", "/home/ü|.lv2"]);
  const mac = "/Users/me|Library|Audio|Plug-Ins";
  expect(folders(machine("darwin", "/Users/me"))).toEqual([`${mac}|CLAP`, `${mac}|VST3`, `${mac}|LV2`]);
  const env = { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local", APPDATA: "C:\\Users\\me\\AppData\\Roaming" };
  expect(folders(machine("win32", "C:\\Users\\me", env))).toEqual([
    `${env.LOCALAPPDATA}|Programs|Common|CLAP`,
    `${env.LOCALAPPDATA}|Programs|Common|VST3`,
    `${env.APPDATA}|LV2`,
  ]);
});

test("whole, current to the doctor, and gone afterwards", async () => {
  const [home, user] = [temporaryFolder(), join(temporaryFolder(), "Zoë")];
  mkdirSync(user);
  const env = { CONTINUO_HOME: home, HOME: user };
  const installed = await runCli(["install", "plugin"], { env });
  expect(installed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(installed.stdout).toContain("scan for plugins again");
  for (const [format, bundle] of PLUGIN_FORMATS.map((name, index) => [name, BUNDLES[index]] as const)) {
    expect(readdirSync(join(user, `.${format}`))).toEqual([bundle]);
    expect(filesIn(join(user, `.${format}`))).toEqual(filesIn(join("dist", "plugin", format)));
  }
  expect(readFileSync(join(home, "program.txt"), "utf8")).toContain("cli.js");
  const { stdout } = await runCli(["doctor", "--json", "--model", inject("tinyModel")], { env });
  const names = JSON.parse(stdout).checks.map(
    ({ name, detail }: Record<string, string>) => `${name}: ${detail}`,
  );
  for (const format of ["CLAP", "VST3", "LV2"]) {
    expect(names).toContainEqual(expect.stringMatching(new RegExp(`^${format} plugins: .+ in .+, current$`)));
  }
  await runCli(["uninstall", "plugin"], { env });
  expect(readdirSync(user)).toEqual([]);
  expect(readdirSync(home)).not.toContain("program.txt");
});

test("one format, into a folder of one's own, beside what is there", async () => {
  const [home, to] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(to, "Continuo.clap"), "theirs");
  const env = { CONTINUO_HOME: home, HOME: home };
  const { stdout } = await runCli(["install", "plugin", "--format", "clap", "--to", to], { env });
  expect(stdout).toContain("yours is kept as");
  expect(readdirSync(to).sort()).toEqual(["Continuo.clap", "Continuo.clap.bak"]);
  expect(readFileSync(join(to, "Continuo.clap.bak"), "utf8")).toBe("theirs");
  await runCli(["uninstall", "plugin"], { env });
  expect(readdirSync(to)).toEqual(["Continuo.clap.bak"]);
});

test("a release has it in the package of this machine", async () => {
  const [home, to, folder] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const released = join(folder, "node_modules", `continuo-${platformName()}`);
  mkdirSync(join(released, "plugin"), { recursive: true });
  writeFileSync(join(released, "package.json"), "{}");
  cpSync(join("dist", "plugin", "clap"), join(released, "plugin", "clap"), { recursive: true });
  const program = join(folder, "node_modules", "continuo");
  const isProgram = (path: string) => /^dist$|\.js$|chunks/.test(path);
  cpSync("dist", join(program, "dist"), { recursive: true, filter: isProgram });
  cpSync("package.json", join(program, "package.json"));
  const args = [join(program, "dist", "cli.js"), "install", "plugin", "--format"];
  const env = { ...process.env, CONTINUO_HOME: home, HOME: home };
  await promisify(execFile)(process.execPath, [...args, "clap", "--to", to], { env });
  expect(readFileSync(join(to, "Continuo.clap"))).toEqual(readFileSync("dist/plugin/clap/Continuo.clap"));
  const lacking = promisify(execFile)(process.execPath, [...args, "lv2", "--to", to], { env });
  await expect(lacking).rejects.toThrow("HOST_FILES_MISSING");
});

test("a target of Rust's names the folders of a bundle", () => {
  expect(machineOf("x86_64-pc-windows-msvc")).toEqual({ platform: "win32", arch: "x64" });
  expect(machineOf("aarch64-apple-darwin")).toEqual({ platform: "darwin", arch: "arm64" });
  expect(() => machineOf("wasm32-unknown-unknown")).toThrow("is not made for");
});

test("a format is for the plugin alone", async () => {
  const { stderr } = await runCli(["install", "reaper", "--format", "clap"]);
  expect(errorCode(stderr)).toBe("OPTION_CONFLICT");
});
