/**
 * A musician at the piano roll, through the daemon's protocol: reads a host's request, changes notes, sends them
 * back.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { connect } from "../../../bridge/client/node.ts";
import type { Note } from "../../../bridge/protocol/song.ts";
import { temporaryFolder } from "../../bridge/support/cli.ts";
import { startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { until } from "../../e2e/support/wait.ts";

export interface Desk {
  daemon: TestDaemon;
  /** Addresses that a browser was to open. */
  opened(): string[];
  /** How many hosts wait. */
  waiting(): Promise<number>;
  /** Wait for what a host asks for. */
  asked(): Promise<Asked>;
}

/** A roll for which a host waits, as it came. */
export interface Asked {
  title: string;
  host: string;
  /** Of the region. */
  notes: Note[];
  change(removed: readonly Note[], added: readonly Note[]): Promise<void>;
  sendBack(): Promise<void>;
  giveBack(): Promise<void>;
}

/** A daemon whose browser is a program that writes down what it was to open. */
export async function startDesk(
  config: Record<string, unknown> = {},
  onEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<Desk> {
  const folder = temporaryFolder((remove) => onEnd(async () => remove()));
  const [browser, list] = [join(folder, "browser"), join(folder, "opened.txt")];
  writeFileSync(browser, `#!/bin/sh\necho "$1" >> '${list}'\n`, { mode: 0o755 });
  const daemon = await startDaemon({ config, env: { CONTINUO_BROWSER: browser }, onEnd });
  const client = await connect({ env: { CONTINUO_HOME: daemon.home } });
  onEnd(async () => client.close());
  const find = async () => {
    const { rolls } = await client.call("roll/list", {});
    return rolls.flatMap(({ host, ...entry }) => (host === null ? [] : [{ ...entry, host }]));
  };
  return {
    daemon,
    opened: () => (existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : []),
    waiting: async () => (await find()).length,
    asked: async () => {
      const { rollId, title, host } = await until("a host's roll", async () => (await find())[0]);
      const { trackId, startTick, endTick } = host.region;
      const { song } = await client.call("roll/get", { rollId });
      const track = song.tracks.find(({ id }) => id === trackId);
      return {
        title,
        host: host.name,
        notes: (track?.notes ?? []).filter((note) => note.startTick >= startTick && note.startTick < endTick),
        change: async (removed, added) => {
          const change = { trackId, removed: [...removed], added: [...added] };
          await client.call("roll/edit", { rollId, changes: [change] });
        },
        sendBack: async () => void (await client.call("roll/return", { rollId })),
        giveBack: async () => void (await client.call("roll/decline", { rollId })),
      };
    },
  };
}
