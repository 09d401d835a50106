/**
 * What REAPER's script takes for selected, and what it refuses.
 */
import { expect, test } from "vitest";
import { onEachLua } from "../shared/lua.ts";
import { eighths, song } from "./support/projects.ts";
import { type FakeProject, FakeReaper, type State } from "./support/reaper.ts";
import { scriptedDaemon } from "./support/scripted-daemon.ts";

const NOTHING = "Select notes in the MIDI editor, or MIDI items, or a time and a track; then try again.";

interface Choice {
  project?: FakeProject;
  editor?: number;
  time?: [number, number];
}

/** The region in quarter notes, or what was said instead. */
async function chosen(
  lua: string,
  { project = song(), editor, time }: Choice,
): Promise<[number, number] | string[]> {
  const daemon = scriptedDaemon();
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(project);
  if (editor !== undefined) await reaper.edit(editor);
  if (time !== undefined) await reaper.selectTime(...time);
  const state: State = await reaper.run("Fill");
  expect([state.errors, state.undo]).toEqual([[], []]);
  if (!daemon.messages.some(({ method }) => method === "fill/start")) return state.said;
  const { region } = daemon.request();
  return [region.startTick / 960, region.endTick / 960];
}

function withSelected(first: number, last: number): FakeProject {
  const notes = eighths(64, 60);
  for (const note of notes.slice(first, last)) note[5] = "selected";
  return song({ lead: { notes } });
}

onEachLua("REAPER's script takes", (lua) => {
  test("notes selected in the MIDI editor before a time selection", async () => {
    expect(await chosen(lua, { project: withSelected(8, 12), editor: 1, time: [32, 48] })).toEqual([4, 6]);
  });

  test("the time selection in the editor's take before selected items", async () => {
    expect(await chosen(lua, { editor: 2, time: [32, 80] })).toEqual([32, 64]);
  });

  test("the time selection in selected items before these as a whole", async () => {
    expect(await chosen(lua, { time: [32, 48] })).toEqual([32, 48]);
    expect(await chosen(lua, {})).toEqual([0, 64]);
  });

  test("the first pass of an item that repeats", async () => {
    const project = song({ lead: { length: 32, source: 8, offset: 2, loop: true, notes: eighths(8, 60) } });
    expect(await chosen(lua, { project, time: [0, 32] })).toEqual([0, 6]);
    expect(await chosen(lua, { project, time: [8, 16] })).toEqual([
      "The item repeats its notes in bars 3-4; glue it first, or select in its first pass.",
    ]);
  });

  test("an item whose source is a little shorter, as a whole", async () => {
    const project = song({ lead: { length: 32, source: 31.99, loop: true, notes: eighths(31, 60) } });
    expect(await chosen(lua, { project })).toEqual([0, 32]);
  });

  test("the MIDI item of a selected track, where no item is selected", async () => {
    const project = song({ lead: { selected: false } });
    for (const track of project.tracks.slice(0, 1)) track.selected = true;
    expect(await chosen(lua, { project, time: [8, 16] })).toEqual([8, 16]);
  });

  test("a time between the grid's lines as it is", async () => {
    expect(await chosen(lua, { time: [16.0001, 31.9999] })).toEqual([16, 32]);
    expect(await chosen(lua, { time: [16.3, 31.7] })).toEqual([16.3, 31.7]);
  });
});

onEachLua("REAPER's script refuses", (lua) => {
  test("nothing that is selected, and nothing that is MIDI", async () => {
    const project = song({ lead: { selected: false } });
    expect(await chosen(lua, { project })).toEqual([NOTHING]);
    expect(await chosen(lua, { project, time: [4, 8] })).toEqual([NOTHING]);
    expect(await chosen(lua, { project: song({ lead: { is_midi: false } }) })).toEqual([NOTHING]);
    expect(await chosen(lua, { project: { bpm: 120, numerator: 4, denominator: 4, tracks: [] } })).toEqual([
      NOTHING,
    ]);
  });

  test("a time that touches none of the selected items", async () => {
    expect(await chosen(lua, { time: [64, 80] })).toEqual([
      "The time selection touches none of the selected items; take one of them away.",
    ]);
  });

  test("another rate, and a lock", async () => {
    expect(await chosen(lua, { project: song({ lead: { rate: 1.5 } }), time: [0, 8] })).toEqual([
      "The item in bars 1-2 is played at another rate; set its rate to 1 in its properties first.",
    ]);
    expect(await chosen(lua, { project: song({ lead: { lock: true } }), time: [0, 4] })).toEqual([
      "The item in bar 1 is locked; unlock it first.",
    ]);
  });

  test("to keep notes where there are none", async () => {
    const reaper = new FakeReaper(lua, scriptedDaemon().home);
    await reaper.open(song({ lead: { notes: [] } }));
    expect((await reaper.run("Keep these notes")).said).toEqual(["There are no notes to keep here."]);
    await reaper.open(song({ lead: { selected: false } }));
    expect((await reaper.run("Keep these notes")).said).toEqual([NOTHING]);
  });

  test("another fill where there was none", async () => {
    const reaper = new FakeReaper(lua, scriptedDaemon().home);
    await reaper.open(song({ lead: { selected: false } }));
    expect((await reaper.run("Fill again")).said).toEqual([NOTHING]);
  });
});
