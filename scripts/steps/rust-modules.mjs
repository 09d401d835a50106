// Circles of modules inside a crate, which the compiler allows: read from `use` and from paths in the code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @returns {Map<string, Set<string>>}  the modules that each module of a crate uses, as `a::b`; the root is `crate` */
export function modulesOf(crateFolder) {
  const source = join(crateFolder, "src");
  const modules = existsSync(join(source, "lib.rs")) ? readModules(source) : new Map();
  return new Map([...modules].map(([name, module]) => [name, usedBy(module, modules)]));
}

function readModules(source) {
  const root = join(source, "lib.rs");
  const files = readdirSync(source, { recursive: true }).filter((file) => file.endsWith(".rs"));
  const modules = new Map([["crate", readModule([], root)]]);
  for (const file of files) {
    const path = file.replace(/(\/mod)?\.rs$/, "").split(/[\\/]/);
    if (path.length === 1 && ["lib", "main"].includes(path[0])) continue;
    if (path[0] === "bin") continue;
    modules.set(path.join("::"), readModule(path, join(source, file)));
  }
  return modules;
}

function readModule(path, file) {
  const text = readFileSync(file, "utf8")
    .replace(/\/\/.*$/gm, "")
    // A module's tests come last in its file, and may use what uses it.
    .replace(/#\[cfg\(test\)\]\s*mod \w+ \{.*$/s, "");
  const uses = [...text.matchAll(/\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/g)].flatMap(([, isPublic, tree]) =>
    leavesOf(tree.replace(/\s+/g, " ")).map((leaf) => ({ ...leaf, isPublic: isPublic !== undefined })),
  );
  const code = text.replace(/\buse\s+[^;]+;/g, "");
  const paths = [...code.matchAll(/(?<![\w:])((?:crate|super|self|[a-z]\w*)(?:::\w+)+)/g)].map(([, found]) =>
    found.split("::"),
  );
  return { path, uses, paths };
}

/** What a tree such as `a::{b, c::D as E}` brings in, each with the name that it has here. */
function leavesOf(tree) {
  const open = tree.indexOf("{");
  if (open === -1) {
    const [whole, alias] = tree.trim().split(" as ");
    const path = whole.split("::").map((part) => part.trim());
    if (path.at(-1) === "self") path.pop();
    return [{ path, name: alias?.trim() ?? path.at(-1) }];
  }
  const before = tree
    .slice(0, open)
    .trim()
    .split("::")
    .filter((part) => part !== "");
  return branchesOf(tree.slice(open + 1, tree.lastIndexOf("}"))).flatMap((branch) =>
    leavesOf(branch).map(({ path, name }) => ({
      path: [...before, ...path],
      name: path.length === 0 ? before.at(-1) : name,
    })),
  );
}

/** Split at the commas that are in no braces. */
function branchesOf(text) {
  const branches = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "," && depth === 0) branches.push("");
    else branches[branches.length - 1] += character;
  }
  return branches.filter((branch) => branch.trim() !== "");
}

function usedBy(module, modules) {
  const used = new Set();
  // What a module only passes on is used by those who ask it, and counted there.
  const paths = [...module.uses.filter(({ isPublic }) => !isPublic).map(({ path }) => path), ...module.paths];
  for (const path of paths) {
    const target = definedIn(path, module, modules);
    if (target !== undefined && !isAround(module, target) && !isAround(target, module))
      used.add(nameOf(target));
  }
  return used;
}

/** Whether a module is the other or has it inside: such two are one thing, in two files. */
function isAround(module, other) {
  return module.path.every((name, index) => other.path[index] === name);
}

/** The module that defines what a path names, through all that pass it on; undefined where it is of another crate. */
function definedIn(path, from, modules, depth = 0) {
  let [module, rest] = startOf(path, from, modules);
  if (module === undefined || depth > 9) return undefined;
  while (rest.length > 0) {
    const [name, ...after] = rest;
    const inner = modules.get([...module.path, name].join("::"));
    if (inner === undefined) {
      const here = module;
      const passed = here.uses.find((use) => use.isPublic && use.name === name);
      const target = passed && definedIn([...passed.path, ...after], here, modules, depth + 1);
      return target ?? here;
    }
    [module, rest] = [inner, after];
  }
  return module;
}

function startOf([first, ...rest], from, modules) {
  const at = (path) => modules.get(path.length === 0 ? "crate" : path.join("::"));
  if (first === "crate") return [at([]), rest];
  if (first === "self") return [from, rest];
  if (first !== "super")
    return modules.has([...from.path, first].join("::")) ? [from, [first, ...rest]] : [undefined, rest];
  let above = from.path.slice(0, -1);
  let left = rest;
  while (left[0] === "super") [above, left] = [above.slice(0, -1), left.slice(1)];
  return [at(above), left];
}

function nameOf(module) {
  return module.path.length === 0 ? "crate" : module.path.join("::");
}
