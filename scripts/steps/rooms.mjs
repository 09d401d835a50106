// ARCHITECTURE.md's table against the code: every arrow between rooms is in it, and it has none that is not there.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { cyclesIn } from "./cycles.mjs";
import { root as repository, StepError } from "./run.mjs";
import { modulesOf } from "./rust-modules.mjs";

/** Written in TypeScript; a room ends where a room inside it begins. */
const TYPESCRIPT = ["bridge", "page", "plugin-host-script"];
/** What all rooms may use, and the table leaves out. */
const EVERYWHERE = ["bridge", "bridge/client/generated"];

/** @param root  of the repository, or of a copy */
export function checkRooms(root = repository) {
  const table = readTable(root);
  const crates = cratesOf(join(root, "native"));
  const arrows = new Map([...importsOf(root, table), ...crates]);
  const circles = [...cyclesIn(arrows)];
  for (const crate of crates.keys()) {
    const found = cyclesIn(modulesOf(join(root, crate)));
    circles.push(...found.map((modules) => modules.map((module) => `${crate} ${module}`)));
  }
  const problems = [
    ...circles.map((circle) => `these use one another; let the arrows go one way: ${circle.join(", ")}`),
    ...differences(table, arrows),
  ];
  if (problems.length > 0) throw new StepError(problems.join("\n"));
}

/** @returns {Map<string, Set<string>>}  what each room may use, by the table */
function readTable(root) {
  const rows = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").matchAll(
    /^\| (`.+?`) \| .+ \| (.*?) ?\|$/gm,
  );
  const cells = [...rows].map(([, room, mayUse]) => [room.replaceAll("`", ""), mayUse]);
  const names = [...EVERYWHERE, ...cells.map(([room]) => room)];
  return new Map([
    ...EVERYWHERE.map((room) => [room, new Set()]),
    ...cells.map(([room, mayUse]) => {
      const used = mayUse.split(/[,;] /).filter((name) => name !== "");
      return [room, new Set(used.map((name) => roomNamed(name, room, names)))];
    }),
  ]);
}

/** A name in the last column: of a room beside this one, or of the bridge, or whole. */
function roomNamed(name, of, names) {
  const above = posix.dirname(of);
  const found = [`${of}/${name}`, `${above}/${name}`, `bridge/${name}`, name].find((one) =>
    names.includes(one),
  );
  if (found === undefined)
    throw new StepError(`ARCHITECTURE.md: ${of} may use ${name}, which is in no row of the table`);
  return found;
}

/** @returns {Map<string, Set<string>>}  what each room of TypeScript imports */
function importsOf(root, table) {
  const arrows = new Map();
  for (const file of TYPESCRIPT.flatMap((folder) => filesIn(root, folder))) {
    const room = roomOf(file, table);
    const used = arrows.get(room) ?? new Set();
    arrows.set(room, used);
    const specifiers = readFileSync(join(root, file), "utf8").matchAll(
      /(?:\bfrom|\bimport) ?\(?"(\.[^"]+)"/g,
    );
    for (const [, specifier] of specifiers) {
      const other = roomOf(posix.join(posix.dirname(file), specifier), table);
      if (other !== room) used.add(other);
    }
  }
  return arrows;
}

function filesIn(root, folder) {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && /\.tsx?$/.test(file.name))
    .map((file) => relative(root, join(file.parentPath, file.name)).split(sep).join("/"));
}

/** The room whose folder is the nearest above a file. */
function roomOf(file, table) {
  let folder = posix.dirname(file);
  while (!table.has(folder)) {
    if (folder === ".") throw new StepError(`ARCHITECTURE.md: ${dirname(file)} is in no row of the table`);
    folder = posix.dirname(folder);
  }
  return folder;
}

/** @returns {Map<string, Set<string>>}  what each crate is linked with; tests may use more */
function cratesOf(native) {
  const folders = readdirSync(native, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const arrows = new Map();
  for (const { name } of folders) {
    let manifest;
    try {
      manifest = readFileSync(join(native, name, "Cargo.toml"), "utf8");
    } catch {
      continue;
    }
    const needed = /^\[dependencies\]\n(.*?)(?=^\[|(?!.))/ms.exec(manifest)?.[1] ?? "";
    const crates = [...needed.matchAll(/^continuo-([a-z-]+)/gm)].map(([, crate]) => `native/${crate}`);
    arrows.set(`native/${name}`, new Set(crates));
  }
  return arrows;
}

function differences(table, arrows) {
  const problems = [];
  for (const [room, used] of arrows) {
    const allowed = table.get(room);
    if (allowed === undefined) {
      problems.push(`${room} is in no row of ARCHITECTURE.md's table`);
      continue;
    }
    const isListed = (other) => EVERYWHERE.includes(other) || allowed.has(other);
    for (const other of used) {
      if (!isListed(other))
        problems.push(`${room} may not use ${other}: ARCHITECTURE.md's table does not list it`);
    }
    for (const other of allowed) {
      if (!used.has(other))
        problems.push(`${room} does not use ${other}: take it out of ARCHITECTURE.md's table`);
    }
  }
  return problems;
}
