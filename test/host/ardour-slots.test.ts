/**
 * Ardour's own copies of the actions: renewed by install, compared by doctor. test/host/ardour/renewal.test.ts tests
 * how Ardour runs them afterwards.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { luaLiteral, readAssignments } from "../../bridge/install/lua-literals.ts";
import { onEachLua, runLua } from "./shared/lua.ts";
import { randomFrom } from "./shared/random.ts";
import { copyProgram } from "./support/program.ts";

const script = (title: string, version: string, body = "") =>
  `ardour {\n  ["type"] = "EditorAction",\n  name = "Continuo: ${title}",\n  author = "Continuo ${version}",\n}\nfunction factory() ${body} return function() end end\n`;
const THEIRS = 'ardour { name = "Mine", author = "Me" } function factory() return function() end end';

interface SlotSpec {
  name: string;
  source: string;
  origin?: string;
}

/** Ardour's file with these slots, as Ardour writes it. */
function uiScripts(slots: Record<number, SlotSpec>): string {
  const parts = Object.entries(slots).flatMap(([index, { name, source, origin }]) => [
    `scripts[${index}] = {} `,
    ...(origin === undefined
      ? [`scripts[${index}]["a"] = {} `]
      : [`scripts[${index}]["a"] = {} scripts[${index}]["a"]["x-script-origin"] = ${luaLiteral(origin)}  `]),
    `scripts[${index}]["f"] = ${luaLiteral("\x1bLuaS\x00\x19\x93\r\n\x1a\n compiled")} `,
    `scripts[${index}]["n"] = ${luaLiteral(name)} scripts[${index}]["s"] = ${luaLiteral(source)} scripts[${index}]["c"] = true `,
  ]);
  const state = Buffer.from(`scripts = {} ${parts.join(" ")} `, "latin1").toString("base64");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<UIScripts>\n  <ActionScript lua="Lua 5.3">${state}</ActionScript>\n  <ActionHooks/>\n</UIScripts>\n`;
}

/** What a slot holds by then: source and factory. */
function slotsIn(file: string): Record<string, string> {
  const content = /<ActionScript[^>]*>([^<]*)</.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  const state = readAssignments(Buffer.from(content, "base64").toString("latin1")) ?? [];
  return Object.fromEntries(
    state.flatMap(({ path, literal }) => (literal ? [[path.slice(1).join("."), literal.value]] : [])),
  );
}

function withArdours(...versions: number[]) {
  const fill = script("Fill", "2", "-- \u00fcber");
  const copy = copyProgram({
    ardour: { "continuo_fill.lua": fill, "continuo_vary.lua": script("Vary", "2") },
  });
  const folders = versions.map((version) => join(copy.home, ".config", `ardour${version}`));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  return { copy, files: folders.map((folder) => join(folder, "ui_scripts")), fill };
}
const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe.skipIf(process.platform !== "linux")("Ardour's own copies", () => {
  test("old ones are renewed in every version's folder, others stay as they are", async () => {
    const { copy, files, fill } = withArdours(7, 8, 9);
    const old = script("Fill", "1");
    const slots = {
      1: { name: latin1("F\u00fcllen"), source: old, origin: "/x/scripts/continuo_fill.lua" },
      2: { name: "Mine", source: THEIRS },
      9: { name: "Continuo: Vary", source: script("Vary", "2") },
    };
    for (const file of files.slice(0, 2)) writeFileSync(file, uiScripts(slots));
    const dry = await copy.run("install", "ardour", "--dry-run");
    expect(dry.stdout).toContain('renew Ardour\'s own copy of "F\u00fcllen"');
    expect(slotsIn(files[0] ?? "")["1.s"]).toBe(old);
    const { exitCode, stdout } = await copy.run("install", "ardour");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("restart it");
    for (const file of files.slice(0, 2)) {
      const before = slotsIn(file);
      expect(before["1.s"]).toBe(latin1(fill));
      expect(before["1.f"]).toContain(latin1(fill));
      expect(before["1.n"]).toBe(latin1("F\u00fcllen"));
      expect(before["1.a.x-script-origin"]).toBe("/x/scripts/continuo_fill.lua");
      expect(before["2.s"]).toBe(THEIRS);
      expect(before["2.f"]).toBe("\x1bLuaS\x00\x19\x93\r\n\x1a\n compiled");
      expect(before["9.f"]).toBe("\x1bLuaS\x00\x19\x93\r\n\x1a\n compiled");
    }
    const again = await copy.run("install", "ardour");
    expect(again.stdout).not.toContain("renew");
    expect(again.stdout).not.toContain("restart");
  });

  test("the doctor says which are old, and what to do", async () => {
    const { copy, files } = withArdours(8);
    await copy.run("install", "ardour");
    writeFileSync(files[0] ?? "", uiScripts({ 3: { name: "Continuo: Fill", source: script("Fill", "1") } }));
    const look = async () => {
      const { exitCode, stdout } = await copy.run("doctor", "--json", "--model", inject("tinyModel"));
      const checks: { name: string; isOk: boolean; detail: string }[] = JSON.parse(stdout).checks;
      return { exitCode, ...checks.find(({ name }) => name === "Ardour 8") };
    };
    expect(await look()).toMatchObject({
      exitCode: 1,
      isOk: false,
      detail:
        'Ardour still runs old copies of "Continuo: Fill"; continuo install ardour, then restart Ardour',
    });
    await copy.run("install", "ardour");
    expect(await look()).toMatchObject({ exitCode: 0, isOk: true });
    const { stdout } = await copy.run("uninstall", "ardour");
    expect(stdout).toContain(
      'copies of "Continuo: Fill": take them out in Edit > Lua Scripts > Script Manager',
    );
  });

  test("an action that was renamed is known by its file; other people's are left", async () => {
    const { copy, files, fill } = withArdours(7);
    const renamed = script("Fill the bars", "1");
    const origin = "C:\\Users\\x\\scripts\\continuo_fill.lua";
    writeFileSync(
      files[0] ?? "",
      uiScripts({
        1: { name: "a", source: renamed, origin },
        2: { name: "b", source: renamed.replace("Continuo 1", "Someone"), origin },
        3: { name: "c", source: renamed },
      }),
    );
    await copy.run("install", "ardour");
    const slots = slotsIn(files[0] ?? "");
    expect(slots["1.s"]).toBe(latin1(fill));
    expect(slots["2.s"]).toBe(renamed.replace("Continuo 1", "Someone"));
    expect(slots["3.s"]).toBe(renamed);
  });

  test.each([
    "",
    "<UIScripts/>",
    '<UIScripts><ActionScript lua="Lua 5.3">AAAA</ActionScript></UIScripts>',
    "\0\xff",
  ])("a file that says something else is left: %j", async (text) => {
    const { copy, files } = withArdours(8);
    writeFileSync(files[0] ?? "", text, "latin1");
    expect((await copy.run("install", "ardour")).exitCode).toBe(0);
    expect(readFileSync(files[0] ?? "", "latin1")).toBe(text);
  });
});

onEachLua("literals", (lua) => {
  test("what Lua writes down is read, and what is written Lua reads, byte for byte", async () => {
    const next = randomFrom(7);
    const texts = Array.from({ length: 50 }, () =>
      String.fromCharCode(...Array.from({ length: next(80) }, () => next(256))),
    );
    texts.push("\x007", "\r\n", '"\\"\n', "\x7f9", "");
    const chunk = `local parts, found = { "scripts = {} " }, json.list()
      for index, hex in ipairs(input) do
        local text = hex:gsub("..", function(two) return string.char(tonumber(two, 16)) end)
        parts[#parts + 1] = string.format("scripts[%d] = {} scripts[%d][%q] = %q ", index, index, "s", text)
      end
      return { hex = table.concat(parts):gsub(".", function(char) return string.format("%02x", char:byte()) end), found = found }`;
    const hexOf = (text: string) => Buffer.from(text, "latin1").toString("hex");
    const { hex } = (await runLua(lua, chunk, texts.map(hexOf))) as { hex: string };
    const read = readAssignments(Buffer.from(hex, "hex").toString("latin1"));
    expect(read?.flatMap(({ literal }) => (literal ? [literal.value] : []))).toEqual(texts);
    const back = await runLua(
      lua,
      `local list = json.list()
      for index, hex in ipairs(input) do
        local literal = hex:gsub("..", function(two) return string.char(tonumber(two, 16)) end)
        list[index] = load("return " .. literal)():gsub(".", function(char) return string.format("%02x", char:byte()) end)
      end
      return list`,
      texts.map((text) => hexOf(luaLiteral(text))),
    );
    expect(back).toEqual(texts.map(hexOf));
  });
});

test.each(["scripts", "scripts =", "scripts[1", 'scripts["a] = 1', 'a = "x', "a = print()", 'a = "\\z"'])(
  "%s is not a state",
  (text) => expect(readAssignments(text)).toBeUndefined(),
);
