/**
 * Where the hosts' Lua looks for the daemon.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { onEachLua, runLua } from "./lua.ts";

function newFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-home-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

onEachLua("the user's folder", (lua) => {
  test.each([
    ["its own variable first", { CONTINUO_HOME: "/c", XDG_CONFIG_HOME: "/x", HOME: "/h" }, "/c"],
    ["the desktop's", { CONTINUO_HOME: "", XDG_CONFIG_HOME: "/x", HOME: "/h" }, "/x/continuo"],
    ["the home's", { CONTINUO_HOME: "", XDG_CONFIG_HOME: "", HOME: "/h" }, "/h/.config/continuo"],
    [
      "Windows'",
      { CONTINUO_HOME: "", OS: "Windows_NT", APPDATA: "C:\\U\\Jö\\AppData" },
      "C:\\U\\Jö\\AppData\\continuo",
    ],
  ])("is %s", async (_, env, folder) => {
    expect(await runLua(lua, `return require("shared.home").folder()`, null, env)).toBe(folder);
  });

  test.each([
    ["nothing", {}],
    ["no JSON", { "daemon.json": "{" }],
    ["no object", { "daemon.json": "7" }],
    ["no address", { "daemon.json": '{"pid":1}' }],
  ])("with %s in it has no daemon", async (_, files) => {
    const env = { CONTINUO_HOME: newFolder(files) };
    expect(await runLua(lua, `return { found = require("shared.home").daemon() }`, null, env)).toEqual({});
  });

  test("has a daemon, its token, and whether it lives", async () => {
    const json = JSON.stringify({
      url: "http://127.0.0.1:7878",
      folder: "/f",
      pid: process.pid,
      version: "0.1.0",
    });
    const env = { CONTINUO_HOME: newFolder({ "daemon.json": json, token: `${"0a".repeat(32)}\n` }) };
    const chunk = `local home = require("shared.home")
      local daemon = home.daemon()
      return { token = daemon.token, folder = daemon.folder, is_gone = home.is_gone(daemon) }`;
    expect(await runLua(lua, chunk, null, env)).toEqual({
      token: "0a".repeat(32),
      folder: "/f",
      is_gone: false,
    });
  });

  test("says what starts a daemon, by lines of either kind", async () => {
    const chunk = `return { found = require("shared.home").program() }`;
    const windows = newFolder({
      "program.txt": "C:\\Program Files\\node.exe\r\nC:\\Continuo Jö\\cli.js\r\n",
    });
    expect(await runLua(lua, chunk, null, { CONTINUO_HOME: windows })).toEqual({
      found: { node: "C:\\Program Files\\node.exe", program: "C:\\Continuo Jö\\cli.js" },
    });
    const half = newFolder({ "program.txt": "/usr/bin/node\n" });
    expect(await runLua(lua, chunk, null, { CONTINUO_HOME: half })).toEqual({});
  });
});
