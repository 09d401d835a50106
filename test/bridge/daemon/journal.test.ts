/**
 * The journal: complete after a crash, and damage is reported.
 */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Journal, journalFolder, readJournal } from "../../../bridge/daemon/journal/journal.ts";
import { FaultyFiles } from "../../support/faulty-files.ts";
import { temporaryFolder } from "../support/cli.ts";

const reject = (jobId: string) => ({ type: "reject", jobId }) as const;

async function types(env: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  for await (const { entry } of readJournal(env)) {
    found.push(
      entry === undefined ? "damaged" : "jobId" in entry ? `${entry.type} ${entry.jobId}` : entry.type,
    );
  }
  return found;
}

function fileOf(env: NodeJS.ProcessEnv): string {
  const [name] = readdirSync(journalFolder(env));
  return join(journalFolder(env), name ?? "");
}

describe("journal", () => {
  test("entries come back in their order, over several openings", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    for (const id of ["a", "b"]) {
      const { journal } = await Journal.open(env, "1");
      journal.append(reject(id));
      await journal.close();
    }
    expect(await types(env)).toEqual(["daemon", "reject a", "daemon", "reject b"]);
  });

  test("a line cut off by a crash is left out, and what comes after it is whole", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    const first = await Journal.open(env, "1");
    first.journal.append(reject("a"));
    await first.journal.close();
    appendFileSync(fileOf(env), '0123456789abcdef {"type":"rej');
    const { journal } = await Journal.open(env, "1");
    journal.append(reject("b"));
    await journal.close();
    expect(await types(env)).toEqual(["daemon", "reject a", "damaged", "daemon", "reject b"]);
  });

  test("a changed line is seen", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    const { journal } = await Journal.open(env, "1");
    journal.append(reject("a"));
    journal.append(reject("b"));
    await journal.close();
    const file = fileOf(env);
    writeFileSync(file, readFileSync(file, "utf8").replace('"jobId":"a"', '"jobId":"x"'));
    expect(await types(env)).toEqual(["daemon", "damaged", "reject b"]);
  });

  test("jobs without an end were interrupted", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    const { journal } = await Journal.open(env, "1");
    const request = {
      ppq: 24,
      tempoMap: [],
      timeSignatures: [],
      tracks: [{ id: "a", name: "", program: 0, isDrums: false, notes: [] }],
      region: { trackId: "a", startTick: 0, endTick: 24 },
      mode: "fill",
      controls: {},
      sampling: { seed: 1 },
      lockedNotes: [],
    } as const;
    for (const jobId of ["open", "closed"])
      journal.append({ type: "request", jobId, client: "t", request: structuredClone(request) as never });
    journal.append({
      type: "failure",
      jobId: "closed",
      error: { code: "X", message: "", data: {}, retryable: false },
    });
    await journal.close();
    const again = await Journal.open(env, "1");
    await again.journal.close();
    expect([...again.interrupted]).toEqual(["open"]);
    expect((await Journal.open(env, "1")).interrupted.size).toBe(0);
  });

  test("entries that cannot be written wait, answers do not wait for ever, and all are there when it can", async () => {
    const home = temporaryFolder();
    let failing = true;
    const faulty = await FaultyFiles.install(home, () => (failing ? "EIO" : undefined));
    onTestFinished(() => faulty.restore());
    const env = { CONTINUO_HOME: home };
    const { journal } = await Journal.open(env, "1");
    journal.append(reject("a"));
    expect(await journal.written()).toBe(false);
    journal.append(reject("b"));
    // It has failed for so long that this does not wait again.
    const begun = performance.now();
    expect(await journal.written()).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
    failing = false;
    await expect.poll(() => journal.problem).toBe(undefined);
    expect(await journal.written()).toBe(true);
    expect(await types(env)).toEqual(["daemon", "reject a", "reject b"]);
    await journal.close();
  });

  test("a name with line separators of Unicode is one line", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    const { journal } = await Journal.open(env, "1");
    journal.append(reject("a\u2028b\u2029\u0085"));
    journal.append(reject("c"));
    await journal.close();
    expect(await types(env)).toEqual(["daemon", "reject a\u2028b\u2029\u0085", "reject c"]);
  });

  test("where it cannot be written it says so, and fails nothing", async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, "journal"), "in the way");
    const { journal } = await Journal.open({ CONTINUO_HOME: home }, "1");
    journal.append(reject("a"));
    await journal.close();
    expect(journal.problem).toMatch(/ENOTDIR|EEXIST/);
  });
});
