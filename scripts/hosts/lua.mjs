// A host's Lua may have no require, and some keep one function of a file alone: modules are put into the file
// that needs them, at its line `--@modules`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run.mjs";

const sources = join(root, "plugin-host-script");
const REQUIRE = /\brequire\("([a-z_]+(?:\.[a-z_]+)*)"\)/g;
const MARK = /^[ \t]*--@modules[ \t]*$/m;

/**
 * One self-contained script.
 * @param entry    path below plugin-host-script, with a line `--@modules` before its first require
 * @param values   what stands for `@NAME@` in it, such as VERSION
 */
export function bundleLua(entry, values = {}) {
  const text = fillIn(readFileSync(join(sources, entry), "utf8"), values, entry);
  if (!MARK.test(text)) throw new Error(`${entry} has no line --@modules`);
  const modules = new Map();
  collect(text, modules, values);
  const loader = [
    "local modules, loaded = {}, {}",
    "local function require(name)",
    "  if loaded[name] == nil then loaded[name] = modules[name]() end",
    "  return loaded[name]",
    "end",
    ...[...modules].map(([name, source]) => `modules["${name}"] = function()\n${source.trimEnd()}\nend`),
  ];
  return text.replace(MARK, () => loader.join("\n"));
}

function collect(text, modules, values) {
  for (const [, name] of text.matchAll(REQUIRE)) {
    if (modules.has(name)) continue;
    const path = `${name.replaceAll(".", "/")}.lua`;
    if (!existsSync(join(sources, path))) throw new Error(`no module ${path} in plugin-host-script`);
    const source = fillIn(readFileSync(join(sources, path), "utf8"), values, path);
    modules.set(name, source);
    collect(source, modules, values);
  }
}

function fillIn(text, values, path) {
  return text.replace(/@([A-Z_]+)@/g, (_, name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`${path} asks for @${name}@`);
    return values[name];
  });
}
