/**
 * The actions that a musician chose in Ardour's Script Manager. Ardour keeps a copy of each, source and what it compiled
 * it to, in the file `ui_scripts` beside the folder of scripts, and runs that copy, whatever lies in the folder by then
 * (7.3; 8.6 and later read those again whose file they know). It reads the file when a session is opened.
 * Source: Ardour 7.3 and 8.12, gtk2_ardour/luainstance.cc.
 */
import { lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderOf, type ShippedFile } from "./files.ts";
import type { Renewal } from "./host.ts";
import type { ScriptLocation } from "./location.ts";
import { type Assignment, luaLiteral, readAssignments } from "./lua-literals.ts";

const FILE = "ui_scripts";
const ACTIONS = /(<ActionScript\b[^>]*>)([A-Za-z0-9+/=\s]+)(<\/ActionScript>)/;
const AUTHOR = /^ *author = "Continuo\b/m;
const TITLE = /^ *name = "(Continuo: [^"]+)"/m;

interface Slot {
  /** As the musician may have named it. */
  title: string;
  source: NonNullable<Assignment["literal"]>;
  compiled: NonNullable<Assignment["literal"]>;
  /** What it should be. */
  shipped: string;
}

/** What makes Ardour run the shipped scripts; undefined where none of them is in a slot, or Ardour's file can't be read. */
export function renewSlots(location: ScriptLocation, shipped: readonly ShippedFile[]): Renewal | undefined {
  const path = join(dirname(folderOf(location)), FILE);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const xml = readFileSync(path, "latin1");
  const [whole = "", open = "", content = "", close = ""] = ACTIONS.exec(xml) ?? [];
  const state = Buffer.from(content, "base64").toString("latin1");
  const slots = slotsOf(state, shipped);
  if (slots.length === 0) return undefined;
  const old = slots.filter(({ source, shipped }) => source.value !== shipped);
  return {
    path,
    titles: slots.map(({ title }) => title),
    menu: "Edit > Lua Scripts > Script Manager",
    old: old.map(({ title }) => title),
    bytes: () => {
      const renewed = Buffer.from(renew(state, old), "latin1").toString("base64");
      return Buffer.from(
        xml.replace(whole, () => `${open}${renewed}${close}`),
        "latin1",
      );
    },
  };
}

function slotsOf(state: string, shipped: readonly ShippedFile[]): Slot[] {
  const bySlot = new Map<string | number, Map<string, Assignment["literal"]>>();
  for (const { path, literal } of readAssignments(state) ?? []) {
    const [variable, index, ...keys] = path;
    if (variable !== "scripts" || index === undefined || literal === undefined) continue;
    const values = bySlot.get(index) ?? new Map();
    bySlot.set(index, values.set(keys.join("."), literal));
  }
  return [...bySlot.values()].flatMap((values) => {
    const [name, source, compiled] = [values.get("n"), values.get("s"), values.get("f")];
    if (name === undefined || source === undefined || compiled === undefined) return [];
    const file = shippedFor(source.value, values.get("a.x-script-origin")?.value, shipped);
    if (file === undefined) return [];
    return [{ title: textOf(name.value), source, compiled, shipped: file.bytes.toString("latin1") }];
  });
}

/** The file of which a slot has a copy: by the action's name, or by where Ardour found it. */
function shippedFor(source: string, origin: string | undefined, shipped: readonly ShippedFile[]) {
  if (!AUTHOR.test(source)) return undefined;
  const title = TITLE.exec(source)?.[1];
  const named = shipped.find(({ bytes }) => TITLE.exec(bytes.toString("latin1"))?.[1] === title);
  return named ?? shipped.find(({ path }) => origin?.split(/[\\/]/).at(-1) === path);
}

const textOf = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");

/** The state with the shipped source in these slots. Ardour compiles sources that have no bytecode yet. */
function renew(state: string, slots: readonly Slot[]): string {
  const changes = slots.flatMap(({ source, compiled, shipped }) => [
    { ...source, text: luaLiteral(shipped) },
    { ...compiled, text: luaLiteral(factoryOf(shipped)) },
  ]);
  changes.sort((a, b) => b.start - a.start);
  return changes.reduce(
    (text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end),
    state,
  );
}

/** A chunk that does what a script's function `factory` does, and leaves no globals behind. */
function factoryOf(source: string): string {
  return `local function ardour() end\nlocal factory\n${source}\nreturn factory(...)\n`;
}
