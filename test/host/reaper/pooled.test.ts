/**
 * REAPER: pooled (ghost) items: notes written into one sound in all, so they are written once.
 */
import { expect, test } from "vitest";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { onEachLua } from "../shared/lua.ts";
import { eighths, song } from "./support/projects.ts";
import { type FakeItem, FakeReaper, type State } from "./support/reaper.ts";
import { greet, scriptedDaemon } from "./support/scripted-daemon.ts";

/** A daemon that fills every region with one note at its start. */
function oneNote() {
  return scriptedDaemon((message) => {
    if (message.method !== "fill/start") return greet(message);
    const { region } = fillRequestSchema.parse(message.params.request);
    return [
      "job j1 done",
      "progress 1.000 1 1 0",
      "candidate 0 1 1",
      `note ${region.startTick} 480 99 84 0`,
      "END\n",
    ].join("\n");
  });
}

/** The regions that were asked for, in quarter notes, and the project after a fill of a time. */
async function filled(
  lua: string,
  items: FakeItem[],
  time: [number, number],
): Promise<{ regions: number[][]; state: State; reaper: FakeReaper }> {
  const daemon = oneNote();
  const reaper = new FakeReaper(lua, daemon.home);
  const project = song();
  project.tracks = [{ name: "Lead", items }];
  await reaper.open(project);
  await reaper.selectTime(...time);
  const state = await reaper.run("Fill");
  expect([state.errors, state.asked]).toEqual([[], []]);
  const regions = daemon.messages.flatMap(({ method, params }) => {
    if (method !== "fill/start") return [];
    const { region } = fillRequestSchema.parse(params.request);
    return [[region.startTick / 960, region.endTick / 960]];
  });
  return { regions, state, reaper };
}

const notes = eighths(8, 60);
const ghost = (start: number, more: Partial<FakeItem> = {}): FakeItem => ({
  start,
  length: 8,
  source: 8,
  selected: true,
  pool: "riff",
  notes,
  ...more,
});
const itemNotes = (state: State) => state.tracks[0]?.items.map((item) => item.notes.map(([at]) => at));

onEachLua("pooled items in REAPER", (lua) => {
  test("two of them are filled once, by one undo step, and the musician is told of the other", async () => {
    const { regions, state, reaper } = await filled(lua, [ghost(0), ghost(8)], [0, 16]);
    expect([regions, state.undo]).toEqual([[[0, 8]], ["Continuo: fill bars 1-2"]]);
    expect(itemNotes(state)).toEqual([[0], [0]]);
    expect(state.said).toEqual(["1 pooled item changed with bars 1-2, since they play the same notes."]);
    await reaper.undo();
    const all = notes.map(([at]) => at);
    expect(itemNotes(await reaper.state())).toEqual([all, all]);
  });

  test("one of several: the musician is told of those that are not selected", async () => {
    const items = [ghost(0, { selected: false }), ghost(8), ghost(16, { selected: false })];
    const { regions, state } = await filled(lua, items, [8, 12]);
    expect(regions).toEqual([[8, 12]]);
    expect(state.said).toEqual(["2 pooled items changed with bar 3, since they play the same notes."]);
  });

  test("different parts of the same notes are filled each, and what two have in common once", async () => {
    const { regions, state } = await filled(lua, [ghost(0), ghost(8)], [4, 12]);
    expect(regions).toEqual([
      [4, 8],
      [8, 12],
    ]);
    const both = [0, 4 * 960];
    expect(itemNotes(state)).toEqual([both, both]);
    const shifted = ghost(8, { offset: 4, source: 16, length: 8, notes: eighths(16, 60) });
    const common = await filled(lua, [ghost(0, { source: 16, notes: eighths(16, 60) }), shifted], [0, 16]);
    expect(common.regions).toEqual([
      [0, 8],
      [12, 16],
    ]);
  });

  test("items that only look alike are filled each, and nothing is told", async () => {
    const own = (start: number) => ghost(start, { pool: `own ${start}` });
    const { regions, state } = await filled(lua, [own(0), own(8)], [0, 16]);
    expect(regions).toHaveLength(2);
    expect(state.said).toEqual([]);
  });
});
