/**
 * The list of earlier songs: an unchanged song appears once.
 */
import { expect, test } from "vitest";
import { removalText } from "../../page/files/removals.ts";
import { matching, worthShowing } from "../../page/files/song-entries.ts";
import type { RollEntry } from "../../page/page-client.ts";

function entry(rollId: string, title: string, version = 0, host: RollEntry["host"] = null): RollEntry {
  const openedAt = "2026-01-01T00:00:00Z";
  return { rollId, title, version, openedAt, file: null, changedAt: null, host };
}

const shown = (...rolls: RollEntry[]) => worthShowing(rolls).map(({ rollId }) => rollId);

test("of a piece that was opened again and again the latest is named", () => {
  expect(shown(entry("3", "Air"), entry("2", "Song"), entry("1", "Air"))).toEqual(["3", "2"]);
});

test("one that was changed is named whatever came after it, and one that a host waits for", () => {
  const host = { name: "REAPER", region: { trackId: "1", startTick: 0, endTick: 1 } };
  expect(shown(entry("3", "Air"), entry("2", "Air", 5), entry("1", "Air", 0, host))).toEqual(["3", "2", "1"]);
});

test("eight are enough at first, and all are found by their words", () => {
  const rolls = Array.from({ length: 12 }, (_, index) => entry(String(index), `Song ${index}.mid`));
  expect(worthShowing(rolls)).toHaveLength(8);
  expect(matching(rolls, "")).toHaveLength(12);
  expect(matching(rolls, "1 song").map(({ title }) => title)).toEqual([
    "Song 1.mid",
    "Song 10.mid",
    "Song 11.mid",
  ]);
  expect(matching(rolls, "mid")).toEqual([]);
});

test("what was worked on last comes first, however long ago it was opened", () => {
  const old = { ...entry("1", "Old"), changedAt: "2026-02-01T00:00:00Z" };
  expect(matching([entry("2", "New"), old], "").map(({ rollId }) => rollId)).toEqual(["1", "2"]);
});

test("songs that are no longer kept are named, a few of them", () => {
  const end =
    "no longer kept here: unchanged, and not among the latest 32. Open the file again to get it back.";
  const rolls = ["A.mid", "B", "C", "D"].map((title, at) => entry(String(at), title));
  expect(removalText(rolls.slice(0, 1))).toBe(`“A” is ${end}`);
  expect(removalText(rolls.slice(0, 2))).toBe(`“A” and “B” are ${end}`);
  expect(removalText(rolls)).toBe(`“A”, “B” and 2 other songs are ${end}`);
});
