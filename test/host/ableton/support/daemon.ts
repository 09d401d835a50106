/**
 * The real daemon for a file of tests, and the requests that it received.
 */
import { afterAll, beforeAll } from "vitest";
import type { FillRequest } from "../../../../bridge/client/generated/protocol.ts";
import { startDaemon, type TestDaemon } from "../../../e2e/support/daemon.ts";
import { readJournal } from "../../../e2e/support/journal.ts";
import { until } from "../../../e2e/support/wait.ts";

export interface SharedDaemon {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Fills that have ended. */
  fills(): Promise<number>;
}

/** One daemon for all tests of a file. */
export function daemonForAll(): SharedDaemon {
  const ends: (() => Promise<void>)[] = [];
  let daemon: TestDaemon | undefined;
  beforeAll(async () => {
    daemon = await startDaemon({ onEnd: (end) => ends.unshift(end) });
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return {
    get home() {
      return daemon?.home ?? "";
    },
    get env() {
      return { ...process.env, CONTINUO_HOME: daemon?.home };
    },
    fills: async () => {
      const headers = { authorization: `Bearer ${daemon?.token()}` };
      const text = await (await fetch(`${daemon?.url}/metrics`, { headers })).text();
      const counts = [...text.matchAll(/^continuo_fills_total\{.*\} (\d+)$/gm)].map(([, count]) =>
        Number(count),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** What the daemon was asked to fill, the last first. Its journal is written a moment later than it answers. */
export async function requests({ home, fills }: SharedDaemon): Promise<FillRequest[]> {
  const count = await fills();
  return await until("the journal", () => {
    const found = readJournal(home).entries.flatMap(({ request }) =>
      request === undefined ? [] : [request as FillRequest],
    );
    return found.length >= count && found.reverse();
  });
}

/** Wait until the journal has an entry of this type for a job other than these. */
export function toldOf(home: string, type: string, count = 1) {
  return until(`${type} in the journal`, () => {
    const found = readJournal(home).entries.filter((entry) => entry.type === type);
    return found.length >= count && found;
  });
}
