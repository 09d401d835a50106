/**
 * Ardour: fills by the shipped actions in a real session, without a window, with the real daemon.
 */
import { expect } from "vitest";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { testArdour } from "./support/ardour.ts";
import { byTime, play, readBack } from "./support/headless.ts";
import { makeSession } from "./support/session.ts";
import { bass, melody } from "./support/songs.ts";
import { BAR } from "./support/source-note.ts";

testArdour("a fill of selected bars is written where they are, and nowhere else", async () => {
  const session = await makeSession({
    tracks: [
      { name: "Lead", regions: [{ name: "Lead-1", position: BAR, length: 8 * BAR, notes: melody(8) }] },
      { name: "Bass", regions: [{ name: "Bass-1", position: BAR, length: 8 * BAR, notes: bass(8) }] },
    ],
  });
  const daemon = await startDaemon();
  const [result] = await play(session, daemon.home, [
    { action: "fill", range: [3 * BAR - 17, 5 * BAR + 12], tracks: ["Lead"], show: ["Lead-1"] },
  ]);
  expect(result?.messages).toEqual([]);
  const after = await readBack(session);
  const isInside = ([start]: readonly number[]) => start !== undefined && start >= 2 * BAR && start < 4 * BAR;
  const old = melody(8).map(([start, duration, pitch, velocity]) => [
    start,
    duration,
    pitch,
    velocity,
    0,
    64,
  ]);
  expect(after["Bass-1"]).toEqual(bass(8).map((note) => [...note, 0, 64]));
  expect(after["Lead-1"]?.filter((note) => !isInside(note))).toEqual(old.filter((note) => !isInside(note)));
  expect(after["Lead-1"]).toEqual(result?.notes["Lead-1"]?.sort(byTime));
  const filled = after["Lead-1"]?.filter(isInside) ?? [];
  expect(filled).not.toEqual(old.filter(isInside));
  for (const [start, duration] of filled) expect(start + duration).toBeLessThanOrEqual(4 * BAR);
});
