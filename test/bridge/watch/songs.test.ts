/**
 * When a song in a watched folder is complete, with a clock that the test controls.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSongs } from "../../../bridge/watch/songs.ts";
import { until } from "../../e2e/support/wait.ts";
import { temporaryFolder } from "../support/cli.ts";

test("a song that is written slowly is taken once it is whole, and once", async () => {
  const folder = temporaryFolder();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const clock = { ms: 0, looks: 0 };
  const now = () => {
    clock.looks += 1;
    return clock.ms;
  };
  const songs = await openSongs(folder, { existing: false, signal: stop.signal, now });
  const taken: string[] = [];
  const all = (async () => {
    for await (const name of songs) taken.push(name);
  })();
  for (let piece = 0; piece < 8; piece += 1) {
    appendFileSync(join(folder, "slow.mid"), "MThd");
    const { looks } = clock;
    // One look sees that it has changed, the next that it has not since.
    await until("two looks", () => clock.looks >= looks + 2);
    clock.ms += 399;
    await until("another look", () => clock.looks >= looks + 3);
    expect(taken).toEqual([]);
  }
  clock.ms += 1;
  await until("the song", () => taken.length > 0);
  appendFileSync(join(folder, "other.mid"), "MThd");
  const { looks } = clock;
  await until("two looks", () => clock.looks >= looks + 2);
  expect(taken).toEqual(["slow.mid"]);
  stop.abort();
  await all;
});
