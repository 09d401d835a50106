/**
 * One daemon per user: ports in use, other daemons running or left over, invalid settings.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { finish, runCli } from "../../bridge/support/cli.ts";
import { overHttp, resultOf } from "../support/callers.ts";
import { newHome, spawnDaemon, startDaemon } from "../support/daemon.ts";
import { typesOf } from "../support/journal.ts";
import { isLinux } from "../support/needs.ts";
import { songRequest } from "../support/songs.ts";
import { until } from "../support/wait.ts";

const codeIn = (stderr: string) => /error\[(\w+)\]/.exec(stderr)?.[1];

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test.each([["--port"], ["--tcp-port"]])(
  "%s that another program has: PORT_TAKEN, and nothing is left",
  async (option) => {
    const home = newHome();
    const port = await takenPort();
    const { exitCode, stderr } = await finish(spawnDaemon(home, { args: [option, String(port)] }));
    expect([exitCode, codeIn(stderr), stderr.includes(String(port))]).toEqual([1, "PORT_TAKEN", true]);
    expect(existsSync(join(home, "daemon.json"))).toBe(false);
  },
);

test("a second daemon is told of the first, which goes on", async () => {
  const daemon = await startDaemon();
  const { exitCode, stderr } = await finish(spawnDaemon(daemon.home));
  expect([exitCode, codeIn(stderr)]).toEqual([1, "ALREADY_RUNNING"]);
  expect(stderr).toContain(String(daemon.pid));
  expect(resultOf(await overHttp(daemon).call("status")).pid).toBe(daemon.pid);
  const detached = await runCli(["serve", "--detach", "--json"], { env: { CONTINUO_HOME: daemon.home } });
  expect(JSON.parse(detached.stdout).pid).toBe(daemon.pid);
});

/** A process that was, or never could be. */
const DEAD = 2 ** 22 - 1;
const STALE = {
  "a dead process": JSON.stringify({
    ...{ pid: DEAD, startedAt: "1", url: "http://127.0.0.1:1", tcpPort: 2, folder: null, version: "0" },
  }),
  "a dead process that was only starting": JSON.stringify({ pid: DEAD, startedAt: "1" }),
  "nobody: it is empty": "",
  "nobody: it is half a file": '{"pid":',
  "a process whose number another has now": JSON.stringify({
    ...{
      pid: process.pid,
      startedAt: "1",
      url: "http://127.0.0.1:1",
      tcpPort: 2,
      folder: null,
      version: "0",
    },
  }),
};

test.skipIf(!isLinux).each(Object.entries(STALE))("a lock of %s is taken over", async (_, text) => {
  const home = newHome();
  writeFileSync(join(home, "daemon.json"), text);
  const daemon = await startDaemon({ home });
  expect(JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")).pid).toBe(daemon.pid);
  expect(readdirSync(home).filter((name) => name.startsWith("daemon.json"))).toEqual(["daemon.json"]);
});

test("a lock of kill -9 is taken over", async () => {
  const first = await startDaemon();
  first.child.kill("SIGKILL");
  await first.ended;
  const again = await startDaemon({ home: first.home });
  expect(again.pid).not.toBe(first.pid);
});

test.each(["none before them", "a stale lock"])(
  "of five started at the same moment one runs: %s",
  async (before) => {
    const home = newHome();
    if (before === "a stale lock") writeFileSync(join(home, "daemon.json"), STALE["a dead process"]);
    const children = Array.from({ length: 5 }, () => spawnDaemon(home));
    onTestFinished(() => {
      for (const child of children) child.kill("SIGKILL");
    });
    const ends = children.map(finish);
    const isReady = children.map((child) => new Promise((resolve) => child.stdout?.once("data", resolve)));
    await Promise.race(isReady);
    await until("four to give up", () => children.filter(({ exitCode }) => exitCode !== null).length === 4);
    const [alive] = children.filter(({ exitCode }) => exitCode === null);
    expect(JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")).pid).toBe(alive?.pid);
    alive?.kill("SIGTERM");
    const all = await Promise.all(ends);
    expect(all.map(({ stderr }) => codeIn(stderr) ?? "served").sort()).toEqual([
      ...new Array(4).fill("ALREADY_RUNNING"),
      "served",
    ]);
  },
);

const WRONG: Record<string, [unknown, string]> = {
  "port is text": [{ port: "7878" }, "port: "],
  "port is too high": [{ port: 70_000 }, "port: "],
  "unknown key": [{ prot: 1 }, "prot: no such setting, there are port"],
  "unknown key inside": [{ log: { level: "info", colour: true } }, "log.colour: no such setting"],
  "unknown device": [{ device: "gpu" }, "device: "],
  "no workers": [{ workers: 0 }, "workers: "],
  "origin without scheme": [{ origins: ["localhost"] }, "origins.0: "],
  "origin of a file": [{ origins: ["file:///home/me/page.html"] }, "origins.0: "],
  "origin without a host": [{ origins: ["data:text/html,x"] }, "origins.0: "],
  "origin with a path": [{ origins: ["http://localhost:5173/app"] }, "origins.0: "],
  "journal is text": [{ journal: "yes" }, "journal: "],
  "tls without key": [{ tls: { cert: "c.pem" } }, "tls.key: "],
};

test("each wrong setting has a sentence, all of them together, and nothing starts", async () => {
  const { model: _, ...wrong } = Object.assign(
    { model: "x" },
    ...Object.values(WRONG).map(([value]) => value),
  );
  const home = newHome();
  const { exitCode, stderr } = await finish(spawnDaemon(home, { config: wrong }));
  expect([exitCode, codeIn(stderr)]).toEqual([1, "CONFIG_INVALID"]);
  for (const key of Object.keys(wrong)) expect(stderr).toContain(key);
  expect(existsSync(join(home, "daemon.json"))).toBe(false);
});

test.each(Object.entries(WRONG))("a setting that is wrong: %s", async (_, [config, sentence]) => {
  const home = newHome();
  const file = join(home, "other.json");
  writeFileSync(file, JSON.stringify(config));
  const { exitCode, stderr } = await finish(spawnDaemon(home, { args: ["--config", file] }));
  expect([exitCode, codeIn(stderr)]).toEqual([1, "CONFIG_INVALID"]);
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(file);
});

test("settings that are not JSON, or are missing", async () => {
  const home = newHome();
  const file = join(home, "other.json");
  const missing = await finish(spawnDaemon(home, { args: ["--config", file] }));
  expect(codeIn(missing.stderr)).toBe("CONFIG_UNREADABLE");
  writeFileSync(file, "{port: 1}");
  expect(codeIn((await finish(spawnDaemon(home, { args: ["--config", file] }))).stderr)).toBe(
    "CONFIG_INVALID",
  );
});

test.each([
  ["a rejection that nobody awaited", 'void Promise.reject(new Error("planted"))'],
  ["an exception in a timer", '{ throw new Error("planted"); }'],
])("%s ends the daemon with its own exit code, after it wrote what it had", async (_, fault) => {
  const home = newHome();
  const script = join(home, "fault.mjs");
  const go = join(home, "go");
  writeFileSync(
    script,
    `import { existsSync } from "node:fs";\nsetInterval(() => { if (existsSync(${JSON.stringify(go)})) ${fault}; }, 50).unref();\n`,
  );
  const daemon = await startDaemon({ home, env: { NODE_OPTIONS: `--import ${script}` } });
  const { jobId } = resultOf(await overHttp(daemon).call("fill/run", songRequest()));
  writeFileSync(go, "");
  const { exitCode, stderr } = await daemon.ended;
  expect(exitCode).toBe(70);
  expect(stderr).toMatch(/^error\[INTERNAL_ERROR\]: .*planted/m);
  expect(daemon.log()).toContain("a fault ended the daemon");
  expect(existsSync(join(home, "daemon.json"))).toBe(false);
  expect(typesOf(home, jobId ?? "")).toEqual(["request", "answer"]);
});

test("a folder in place of the lock is named, and nothing is started", async () => {
  const home = newHome();
  mkdirSync(join(home, "daemon.json"));
  const { exitCode, stderr } = await finish(spawnDaemon(home));
  expect([exitCode, codeIn(stderr)]).toEqual([1, "HOME_NOT_WRITABLE"]);
  expect(stderr).toContain("it is a folder");
});

test.skipIf(!isLinux)("a lock that does not say when its owner began is taken over", async () => {
  const home = newHome();
  // A process that runs, but is no daemon.
  writeFileSync(join(home, "daemon.json"), JSON.stringify({ pid: process.pid, startedAt: "" }));
  const daemon = await startDaemon({ home });
  expect(resultOf(await overHttp(daemon).call("status")).pid).toBe(daemon.pid);
});

test("a daemon whose folder was removed and made again by another ends: never two", async () => {
  const home = newHome();
  const first = await startDaemon({ home });
  rmSync(join(home, "daemon.json"));
  const second = await startDaemon({ home });
  expect((await first.ended).exitCode).toBe(0);
  expect(resultOf(await overHttp(second).call("status")).pid).toBe(second.pid);
  expect(JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")).pid).toBe(second.pid);
});
