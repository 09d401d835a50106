/**
 * Songs of before: those that were only looked at are named once.
 */
import { expect, test } from "vitest";
import { worthShowing } from "../../page/files/RecentSongs.tsx";
import type { RollEntry } from "../../page/page-client.ts";

function entry(rollId: string, title: string, version = 0, host: RollEntry["host"] = null): RollEntry {
  return { rollId, title, version, openedAt: "2026-01-01T00:00:00Z", file: null, host };
}

const shown = (...rolls: RollEntry[]) => worthShowing(rolls).map(({ rollId }) => rollId);

test("of a piece that was opened again and again the latest is named", () => {
  expect(shown(entry("3", "Air"), entry("2", "Song"), entry("1", "Air"))).toEqual(["3", "2"]);
});

test("one that was changed is named whatever came after it, and one that a host waits for", () => {
  const host = { name: "REAPER", region: { trackId: "1", startTick: 0, endTick: 1 } };
  expect(shown(entry("3", "Air"), entry("2", "Air", 5), entry("1", "Air", 0, host))).toEqual(["3", "2", "1"]);
});

test("eight are enough", () => {
  const rolls = Array.from({ length: 12 }, (_, index) => entry(String(index), `Song ${index}`));
  expect(worthShowing(rolls)).toHaveLength(8);
});
