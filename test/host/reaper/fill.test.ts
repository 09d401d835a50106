/**
 * REAPER's actions against the real daemon: what they write, and what they leave alone.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { onEachLua } from "../shared/lua.ts";
import { inside, outside, song } from "./support/projects.ts";
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
});
