/**
 * Lists of notes in Lua: differences and equality.
 */
import { expect, test } from "vitest";
import { onEachLua, runLua } from "./lua.ts";
import { type Random, randomFrom } from "./random.ts";

interface LuaNote {
  start_tick: number;
  duration_ticks: number;
  pitch: number;
  velocity: number;
  channel: number;
}

/** From few values, so that many notes are equal. */
function randomNotes(random: Random, count: number): LuaNote[] {
  return Array.from({ length: count }, () => ({
    start_tick: random(4) * 240,
    duration_ticks: 1 + random(2),
    pitch: 60 + random(3),
    velocity: 80 + random(2),
    channel: random(2),
  }));
}

const keyOf = (note: LuaNote) =>
  [note.start_tick, note.duration_ticks, note.pitch, note.velocity, note.channel].join(" ");
const counted = (notes: LuaNote[]) => notes.map(keyOf).sort();

onEachLua("notes", (lua) => {
  test("a difference makes the old notes into the new ones, and moves as few as can be", async () => {
    const random = randomFrom(3);
    const pairs = Array.from({ length: 300 }, () => ({
      old: randomNotes(random, random(12)),
      new: randomNotes(random, random(12)),
    }));
    const chunk = `local notes, found = require("shared.notes"), json.list()
      for index, pair in ipairs(input) do
        local removed, added = notes.difference(pair.old, pair.new)
        found[index] = { removed = json.list(removed), added = json.list(added) }
      end
      return found`;
    const found = (await runLua(lua, chunk, pairs)) as { removed: LuaNote[]; added: LuaNote[] }[];
    expect(found).toHaveLength(pairs.length);
    pairs.forEach((pair, index) => {
      const { removed = [], added = [] } = found[index] ?? {};
      const left = counted(pair.old);
      for (const key of counted(removed)) {
        expect(left).toContain(key);
        left.splice(left.indexOf(key), 1);
      }
      expect([...left, ...counted(added)].sort()).toEqual(counted(pair.new));
      expect(counted(removed).filter((key) => counted(added).includes(key))).toEqual([]);
    });
  });

  test("a revision is the same in any order, and another for any other note", async () => {
    const random = randomFrom(5);
    const list = randomNotes(random, 20);
    const lists = [list, list.toReversed(), list.slice(1), [...list, ...list.slice(0, 1)], []];
    for (const field of ["start_tick", "duration_ticks", "pitch", "velocity", "channel"] as const) {
      lists.push(list.map((note, index) => (index === 7 ? { ...note, [field]: note[field] + 5 } : note)));
    }
    const chunk = `local notes, found = require("shared.notes"), json.list()
      for index, list in ipairs(input) do found[index] = notes.revision(list) end
      return found`;
    const revisions = (await runLua(lua, chunk, lists)) as string[];
    expect(revisions[1]).toBe(revisions[0]);
    expect(new Set(revisions).size).toBe(lists.length - 1);
    expect(revisions.every((text) => /^\d+-[0-9a-f]{16}$/.test(text))).toBe(true);
  });

  test("inside is half-open, and goes by where a note starts", async () => {
    const list = [0, 239, 240, 479, 480].map((start_tick) => ({ start_tick, duration_ticks: 1_000 }));
    const chunk = `return json.list(require("shared.notes").inside(input, 240, 480))`;
    expect(await runLua(lua, chunk, list)).toMatchObject([{ start_tick: 240 }, { start_tick: 479 }]);
  });
});
