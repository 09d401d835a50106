/**
 * The real daemon for a file of tests, and what it was asked.
 */
import { afterAll, beforeAll } from "vitest";
import type { FillRequest } from "../../../../bridge/client/generated/protocol.ts";
import { startDaemon, type TestDaemon } from "../../../e2e/support/daemon.ts";
import { readJournal } from "../../../e2e/support/journal.ts";
import { until } from "../../../e2e/support/wait.ts";

/** One daemon for all tests of a file. */
export function daemonForAll(): { readonly env: NodeJS.ProcessEnv; readonly home: string } {
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
  };
}

/** What the daemon was asked to fill, the last first. */
export function requests(home: string): FillRequest[] {
  return readJournal(home)
    .entries.flatMap(({ request }) => (request === undefined ? [] : [request as FillRequest]))
    .reverse();
}

/** Wait until the journal has an entry of this type for a job other than these. */
export function toldOf(home: string, type: string, count = 1) {
  return until(`${type} in the journal`, () => {
    const found = readJournal(home).entries.filter((entry) => entry.type === type);
    return found.length >= count && found;
  });
}
