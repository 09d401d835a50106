/**
 * REAPER: its actions with the real daemon: what they write, and what they leave unchanged.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entrySchema } from "../../../bridge/daemon/journal/entries.ts";
import { readLines } from "../../../bridge/daemon/storage/lines.ts";
import { startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { onEachLua } from "../shared/lua.ts";
import { eighths, inside, outside, song } from "./support/projects.ts";
import { type FakeProject, FakeReaper, type State } from "./support/reaper.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const BAR = 4 * 960;
const notesOf = (state: State, track = 0, item = 0) => state.tracks[track]?.items[item]?.notes ?? [];

async function open(lua: string, project: FakeProject): Promise<FakeReaper> {
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(project);
  return reaper;
}

/** Which tracks were filled last, and what the daemon took them for. */
async function lastFills(count: number): Promise<{ name: string; role: string | undefined }[]> {
  const folder = join(daemon.home, "journal");
  const fills: { name: string; role: string | undefined }[] = [];
  const names = new Map<string, string>();
  for (const file of readdirSync(folder).sort()) {
    for await (const { json } of readLines(join(folder, file))) {
      const entry = entrySchema.parse(JSON.parse(json));
      if (entry.type === "request") {
        const { tracks, region } = entry.request;
        names.set(entry.jobId, tracks.find(({ id }) => id === region.trackId)?.name ?? "");
      }
      if (entry.type === "answer") {
        fills.push({ name: names.get(entry.jobId) ?? "", role: entry.result.region.role });
      }
    }
  }
  return fills.slice(-count);
}

/** No message, no question, nothing wrong. */
function expectQuiet(state: State): void {
  expect({ said: state.said, asked: state.asked, errors: state.errors }).toEqual({
    said: [],
    asked: [],
    errors: [],
  });
}

onEachLua("REAPER fills", (lua) => {
  test("four bars of the selected item; one undo step brings everything back, and redo", async () => {
    const reaper = await open(lua, song());
    await reaper.selectTime(16, 32);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: fill bars 5-8"]);
    expect(outside(notesOf(after), 4 * BAR, 8 * BAR)).toEqual(outside(notesOf(before), 4 * BAR, 8 * BAR));
    expect(inside(notesOf(after), 4 * BAR, 8 * BAR)).not.toEqual(inside(notesOf(before), 4 * BAR, 8 * BAR));
    expect(notesOf(after, 1)).toEqual(notesOf(before, 1));
    for (const [start, stop] of inside(notesOf(after), 4 * BAR, 8 * BAR)) {
      expect(stop).toBeGreaterThan(start);
      expect(stop).toBeLessThanOrEqual(8 * BAR);
    }
    await reaper.undo();
    expect((await reaper.state()).tracks).toEqual(before.tracks);
    await reaper.redo();
    expect((await reaper.state()).tracks).toEqual(after.tracks);
    expect(after.toggled).toEqual([1, 0]);
    expect(after.window).toBe("never");
  });

  test("the next candidate at once, and a new one when there are no more", async () => {
    const reaper = await open(lua, song());
    await reaper.selectTime(16, 24);
    await reaper.eval("project.input_answers = { input }", "0,0,0,127,,free,1,0.5,2,");
    await reaper.run("Settings");
    const before = await reaper.state();
    const one = await reaper.run("Fill");
    await reaper.start("Fill again");
    const two = await reaper.state();
    expect(await reaper.tick()).toBe(0);
    const three = await reaper.run("Fill again");
    expectQuiet(three);
    const filled = [before, one, two, three].map((state) =>
      JSON.stringify(inside(notesOf(state), 4 * BAR, 6 * BAR)),
    );
    expect(new Set(filled).size).toBe(4);
    expect(three.undo).toEqual([
      "Continuo: fill bars 5-6",
      "Continuo: next candidate for bars 5-6",
      "Continuo: next candidate for bars 5-6",
    ]);
    for (const state of [one, two, three]) {
      expect(outside(notesOf(state), 4 * BAR, 6 * BAR)).toEqual(outside(notesOf(before), 4 * BAR, 6 * BAR));
    }
    for (let step = 0; step < 3; step += 1) await reaper.undo();
    expect((await reaper.state()).tracks).toEqual(before.tracks);
  });

  test("another candidate in place of one that was undone", async () => {
    const reaper = await open(lua, song());
    await reaper.selectTime(16, 24);
    const before = await reaper.state();
    await reaper.run("Fill");
    await reaper.undo();
    const after = await reaper.run("Fill again");
    expectQuiet(after);
    expect(inside(notesOf(after), 4 * BAR, 6 * BAR)).not.toEqual(inside(notesOf(before), 4 * BAR, 6 * BAR));
  });

  test("several items as one undo step, each hearing those before it", async () => {
    const project = song();
    const [lead, bass] = project.tracks;
    for (const item of [...(lead?.items ?? []), ...(bass?.items ?? [])]) item.selected = true;
    const reaper = await open(lua, project);
    await reaper.selectTime(8, 16);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: fill bars 3-4 and 1 more"]);
    expect(notesOf(after)).not.toEqual(notesOf(before));
    expect(notesOf(after, 1)).not.toEqual(notesOf(before, 1));
    const again = await reaper.run("Fill again");
    expect(again.undo).toHaveLength(2);
    expect(notesOf(again, 0)).not.toEqual(notesOf(after, 0));
    expect(notesOf(again, 1)).not.toEqual(notesOf(after, 1));
    await reaper.undo();
    for (const track of [0, 1]) expect(notesOf(await reaper.state(), track)).toEqual(notesOf(after, track));
    await reaper.undo();
    for (const track of [0, 1]) expect(notesOf(await reaper.state(), track)).toEqual(notesOf(before, track));
  });

  test("parts that are not there yet: the names of empty tracks say what they play", async () => {
    const project = song({ lead: { selected: false } });
    const names = ["My lead", "Low bass", "Drum kit"];
    project.tracks.push(...names.map((name) => ({ name, selected: true })));
    const reaper = await open(lua, project);
    await reaper.selectTime(16, 32);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: fill bars 5-8 and 2 more"]);
    for (const track of [2, 3, 4]) expect(notesOf(after, track).length).toBeGreaterThan(0);
    expect(await lastFills(3)).toEqual([
      { name: "Drum kit", role: "drums" },
      { name: "Low bass", role: "bass" },
      { name: "My lead", role: "melody" },
    ]);
    await reaper.undo();
    expect((await reaper.state()).tracks).toEqual(before.tracks);
  });

  test.each([
    ["at the very start", 0, 8],
    ["at the very end", 56, 64],
    ["of a note's length", 16, 16.5],
  ])("a region %s", async (_, start, stop) => {
    const reaper = await open(lua, song());
    await reaper.selectTime(start, stop);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expect(after.errors).toEqual([]);
    expect(outside(notesOf(after), start * 960, stop * 960)).toEqual(
      outside(notesOf(before), start * 960, stop * 960),
    );
    for (const [, end] of inside(notesOf(after), start * 960, stop * 960))
      expect(end).toBeLessThanOrEqual(stop * 960);
  });

  test.each([480, 960, 1_920, 96])("a take of %i ticks, to the tick", async (ppq) => {
    const reaper = await open(lua, song({ lead: { ppq, notes: eighths(64, 60, ppq) } }));
    await reaper.selectTime(16, 32);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(outside(notesOf(after), 16 * ppq, 32 * ppq)).toEqual(outside(notesOf(before), 16 * ppq, 32 * ppq));
    expect(inside(notesOf(after), 16 * ppq, 32 * ppq).length).toBeGreaterThan(0);
    for (const [, end] of inside(notesOf(after), 16 * ppq, 32 * ppq))
      expect(end).toBeLessThanOrEqual(32 * ppq);
  });

  test("notes between ticks of the request stay where they are", async () => {
    const notes = eighths(64, 60, 1_920).map(([start, stop, ...rest], index) => [
      start + ((index * 7) % 5),
      stop - 1,
      ...rest,
    ]) as ReturnType<typeof eighths>;
    const reaper = await open(lua, song({ lead: { ppq: 1_920, notes } }));
    await reaper.selectTime(16, 32);
    const before = await reaper.state();
    const after = await reaper.run("Vary");
    expectQuiet(after);
    const kept = inside(notesOf(before), 16 * 1_920, 32 * 1_920).filter((note) =>
      notesOf(after).some((other) => other.join() === note.join()),
    );
    expect(kept.length).toBeGreaterThanOrEqual(6);
    expect(outside(notesOf(after), 16 * 1_920, 32 * 1_920)).toEqual(
      outside(notesOf(before), 16 * 1_920, 32 * 1_920),
    );
  });

  test.each([
    ["7/8", { numerator: 7, denominator: 8 }],
    ["12/8 at 20", { numerator: 12, denominator: 8, bpm: 20 }],
    ["4/4 at 400", { bpm: 400 }],
    ["a change of meter", { markers: [{ quarters: 16, bpm: 96, numerator: 3, denominator: 4 }] }],
    ["a change of tempo", { markers: [{ quarters: 18, bpm: 131.5 }] }],
    [
      "a ramp",
      {
        markers: [
          { quarters: 12, bpm: 60, ramp: true },
          { quarters: 24, bpm: 180 },
        ],
      },
    ],
  ])("%s", async (_, project) => {
    const reaper = await open(lua, song({ project }));
    await reaper.selectTime(14, 21);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(outside(notesOf(after), 14 * 960, 21 * 960)).toEqual(outside(notesOf(before), 14 * 960, 21 * 960));
    expect(inside(notesOf(after), 14 * 960, 21 * 960)).not.toEqual(
      inside(notesOf(before), 14 * 960, 21 * 960),
    );
  });

  test("drums", async () => {
    const project = song();
    const notes = eighths(64, 36);
    for (const note of notes) note[4] = 9;
    project.tracks[0] = { name: "Drums", items: [{ start: 0, length: 64, selected: true, notes }] };
    const reaper = await open(lua, project);
    await reaper.selectTime(16, 24);
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(inside(notesOf(after), 4 * BAR, 6 * BAR).every(([, , , , channel]) => channel === 9)).toBe(true);
  });

  test("a region without notes, and an item without any", async () => {
    const reaper = await open(lua, song({ lead: { notes: eighths(16, 60) } }));
    await reaper.selectTime(16, 32);
    const filled = await reaper.run("Fill");
    expectQuiet(filled);
    expect(notesOf(filled).length).toBeGreaterThan(32);
    await reaper.open(song({ lead: { notes: [] } }));
    await reaper.selectTime(16, 32);
    const alone = await reaper.run("Fill");
    expectQuiet(alone);
    expect(outside(notesOf(alone), 4 * BAR, 8 * BAR)).toEqual([]);
  });

  test("empty bars of a track, by a new item that the same undo step takes away", async () => {
    const project = song({ lead: { selected: false } });
    project.tracks.push({ name: "New", selected: true });
    const reaper = await open(lua, project);
    await reaper.selectTime(16, 32);
    const after = await reaper.run("Fill");
    expectQuiet(after);
    const [item] = after.tracks[2]?.items ?? [];
    expect([item?.start, item?.stop]).toEqual([16, 32]);
    expect(item?.notes.length).toBeGreaterThan(0);
    for (const [start, stop] of item?.notes ?? [])
      expect([start >= 0, stop <= 4 * BAR]).toEqual([true, true]);
    const again = await reaper.run("Fill again");
    expectQuiet(again);
    expect(again.tracks[2]?.items).toHaveLength(1);
    expect(again.tracks[2]?.items[0]?.notes).not.toEqual(item?.notes);
    await reaper.undo();
    await reaper.undo();
    expect((await reaper.state()).tracks[2]?.items).toEqual([]);
    expect(after.undo).toEqual(["Continuo: fill bars 5-8"]);
  });

  test("an item that is cut at its start, or shorter than the time selection", async () => {
    const reaper = await open(lua, song({ lead: { start: 16, length: 8, offset: 8, source: 64 } }));
    await reaper.selectTime(0, 64);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: fill bars 5-6"]);
    expect(outside(notesOf(after), 8 * 960, 16 * 960)).toEqual(outside(notesOf(before), 8 * 960, 16 * 960));
    expect(inside(notesOf(after), 8 * 960, 16 * 960)).not.toEqual(inside(notesOf(before), 8 * 960, 16 * 960));
  });

  test("muted notes, selected ones and those to keep stay as they are", async () => {
    const notes = eighths(64, 60);
    for (const [index, note] of notes.entries()) {
      note[5] = index % 9 === 4 ? "muted" : "";
      if (index === 70) note[5] = "selected";
    }
    const reaper = await open(lua, song({ lead: { notes } }));
    await reaper.selectTime(20, 22);
    for (let press = 0; press < 3; press += 1) await reaper.run("Keep these notes");
    expect((await reaper.state()).said).toEqual([
      "Notes that later fills keep: 3",
      "Notes that may be replaced again: 3",
      "Notes that later fills keep: 3",
    ]);
    await reaper.eval("project.said = {}");
    await reaper.selectTime(16, 32);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    const stays = notesOf(before).filter(([start, , , , , mark]) => {
      const isKept = start >= 20 * 960 && start < 22 * 960;
      return mark !== "" || isKept || start < 16 * 960 || start >= 32 * 960;
    });
    const found = new Set(notesOf(after).map((note) => note.join()));
    expect(stays.filter((note) => !found.has(note.join()))).toEqual([]);
  });

  test("notes that are selected in the editor, and selects what it put there", async () => {
    const notes = eighths(64, 60);
    for (const note of notes.slice(32, 48)) note[5] = "selected";
    const reaper = await open(lua, song({ lead: { notes, selected: false } }));
    await reaper.edit(1);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: fill bars 5-6"]);
    expect(outside(notesOf(after), 4 * BAR, 6 * BAR)).toEqual(outside(notesOf(before), 4 * BAR, 6 * BAR));
    expect(inside(notesOf(after), 4 * BAR, 6 * BAR).every(([, , , , , mark]) => mark === "selected")).toBe(
      true,
    );
    const again = await reaper.run("Fill again");
    expect(again.undo.at(-1)).toBe("Continuo: next candidate for bars 5-6");
  });

  test("ten thousand notes", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [index * 6, index * 6 + 5, 30 + (index % 60)]);
    const reaper = await open(lua, song({ lead: { notes: many as [number, number, number][] } }));
    await reaper.selectTime(0, 32);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(outside(notesOf(after), 0, 8 * BAR)).toEqual(outside(notesOf(before), 0, 8 * BAR));
    await reaper.undo();
    expect((await reaper.state()).tracks).toEqual(before.tracks);
  });

  test("what is before them alone, by Continue", async () => {
    const reaper = await open(lua, song({ lead: { notes: eighths(16, 60) } }));
    await reaper.selectTime(16, 32);
    const after = await reaper.run("Continue");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: continue bars 5-8"]);
    expect(inside(notesOf(after), 4 * BAR, 8 * BAR).length).toBeGreaterThan(0);
  });

  test("two items that overlap on one track, each in itself", async () => {
    const project = song();
    project.tracks[0]?.items?.push({ start: 8, length: 32, selected: true, notes: eighths(32, 72) });
    const reaper = await open(lua, project);
    await reaper.selectTime(16, 24);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expectQuiet(after);
    expect(after.undo).toHaveLength(1);
    expect(outside(notesOf(after), 16 * 960, 24 * 960)).toEqual(outside(notesOf(before), 16 * 960, 24 * 960));
    expect(outside(notesOf(after, 0, 1), 8 * 960, 16 * 960)).toEqual(
      outside(notesOf(before, 0, 1), 8 * 960, 16 * 960),
    );
    expect(notesOf(after)).not.toEqual(notesOf(before));
    expect(notesOf(after, 0, 1)).not.toEqual(notesOf(before, 0, 1));
  });

  test("four bars behind a selected item, by Continue, where there is room", async () => {
    const reaper = await open(lua, song({ lead: { length: 16, notes: eighths(16, 60) } }));
    const before = await reaper.state();
    const after = await reaper.run("Continue");
    expectQuiet(after);
    expect(after.undo).toEqual(["Continuo: continue bars 5-8"]);
    expect(after.tracks[0]?.items.map(({ start, stop }) => [start, stop])).toEqual([
      [0, 16],
      [16, 32],
    ]);
    expect(notesOf(after)).toEqual(notesOf(before));
    expect(notesOf(after, 0, 1).length).toBeGreaterThan(0);
    const again = await reaper.run("Continue");
    expect(again.said).toEqual(["There is already something in bars 5-8; select the time to fill."]);
    expect(again.undo).toHaveLength(1);
  });

  test.each(["delete", "insert"])("nothing where REAPER fails to %s a note", async (fails) => {
    const reaper = await open(lua, song());
    await reaper.selectTime(16, 32);
    const filled = await reaper.run("Fill");
    await reaper.eval("project.fails = input", fails);
    const before = await reaper.state();
    const after = await reaper.run("Fill");
    expect(after.said).toHaveLength(1);
    expect(after.said[0]).toMatch(
      /^The notes could not be written: REAPER did not .* Nothing was changed\.$/,
    );
    expect(after.tracks).toEqual(before.tracks);
    expect([after.undo, after.errors]).toEqual([filled.undo, []]);
  });
});
