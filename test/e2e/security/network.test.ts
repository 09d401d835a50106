/**
 * Nothing leaves the machine and only requested files are written: every command, and everything the daemon does,
 * observed by strace.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildProgram } from "../../../bridge/cli/program.ts";
import { textEvent, withTexts } from "../../bridge/support/smf.ts";
import { getUrl, openTcp, openWebSocket, overFolder, overHttp, resultOf } from "../support/callers.ts";
import type { TestDaemon } from "../support/daemon.ts";
import { testWith } from "../support/needs.ts";
import { songRequest } from "../support/songs.ts";
import { hasStrace, type Traced, trespasses } from "../support/strace.ts";
import { TRAINING_MS, until } from "../support/wait.ts";
import { type Watched, watchedDaemon, watchedUser } from "../support/watched.ts";

/** Without the switches, ONNX Runtime looks up its server's name ten seconds after its start, and again and again. */
const DAEMON_LIVES_MS = 60_000;

vi.setConfig({ testTimeout: 2 * TRAINING_MS });

interface WatchedCommand {
  args: readonly string[];
  env?: Record<string, string>;
  /** A file for what it prints. */
  stdout?: string;
}

const of = (line: string, more: Omit<WatchedCommand, "args"> = {}): WatchedCommand => ({
  args: line.split(" "),
  ...more,
});

/** What systemd reads is what was asked for. */
const SERVICE = { env: { XDG_CONFIG_HOME: "config" } };

/** In an order in which each finds what it needs. */
const COMMANDS: readonly WatchedCommand[] = [
  of("info song.mid"),
  of("fill song.mid --track 1 --bars 9-10 -o filled.mid"),
  of("fill song.mid --track 1 --bars 9-10 -o filled-here.mid --no-daemon --svg roll.svg"),
  of("fill copy.mid --track 1 --bars 9-10 --in-place"),
  of("add song.mid --part bass --bars 1-2 -o with-bass.mid --no-daemon"),
  of("continue song.mid --track 1 --bars 1 -o longer.mid --no-daemon"),
  of("vary song.mid --track 1 --bars 9-10 --amount 0.4 -o varied.mid --no-daemon"),
  of("humanize song.mid --track 1 --bars 9-10 --amount 0.4 -o played.mid"),
  of("batch requests.jsonl -o results.jsonl"),
  of("notes song.mid --json", { stdout: "events.json" }),
  of("notes --decode events.json -o decoded.mid"),
  of("generate -o piece.mid --notes 20 --state piece.state"),
  of("dataset build songs -o data"),
  of("dataset info data --html data.html"),
  of("dataset verify data --files"),
  of("dataset export data --parquet -o tables"),
  of("train data --from tiny --out run --steps 2 --batch 128 --hear-checkpoints"),
  of("train data --model gru-8x1 --out tfjs-run --steps 2 --batch 4 --seq 32 --backend tfjs"),
  of("eval songs --model tiny --candidates 1 --every 8"),
  of("models list"),
  of("models info infill-s"),
  of("models export tiny -o tiny.onnx"),
  of("models import run --name mine --force"),
  of("models remove mine"),
  of("open song.mid --no-browser"),
  of("status"),
  of("replay last -o again.mid"),
  of("token"),
  of("token --rotate"),
  of("install reaper --to reaper"),
  of("uninstall reaper"),
  of("install plugin --format clap --to plugins"),
  of("uninstall plugin"),
  of("install service", SERVICE),
  of("uninstall service", SERVICE),
  of("doctor"),
  of("doctor --remove-telemetry --json"),
  of("completion bash"),
];

/** These go on until they are told to end, so each has a test of its own. */
const LASTING = ["serve", "stop", "watch", "mcp"];

/** The commands that do something: `fill`, `dataset build`. */
function namesOf(command: Command): string[] {
  const parts = command.commands.filter((part) => part.name() !== "help");
  if (parts.length === 0) return [command.name()];
  return parts.flatMap(namesOf).map((name) => `${command.name()} ${name}`);
}

test("every command is among those that are watched", () => {
  const { stdout, stderr } = process;
  const program = buildProgram({ stdout, stderr, env: {}, signal: AbortSignal.any([]) }, () => {});
  const watched = COMMANDS.map(({ args }) => `${args.join(" ")} `);
  const isWatched = (name: string) =>
    LASTING.includes(name) || watched.some((line) => line.startsWith(`${name} `));
  expect(program.commands.flatMap(namesOf).filter((name) => !isWatched(name))).toEqual([]);
});

if (!hasStrace) testWith("strace", hasStrace)("every command keeps to itself", () => {});

describe.runIf(hasStrace)("under strace", () => {
  let user: Watched;
  let serving: Traced;
  let daemon: TestDaemon;
  let daemonTemporary: string;
  let startedAt = 0;
  const ports = () => [daemon.port, daemon.tcpPort];

  beforeAll(async () => {
    user = watchedUser();
    daemonTemporary = join(user.work, "tmp");
    mkdirSync(daemonTemporary);
    startedAt = performance.now();
    serving = user.continuo(["serve", "--port", "0", "--tcp-port", "0", "--json"], {
      TMPDIR: daemonTemporary,
    });
    daemon = await watchedDaemon(serving, user.home);
  });

  afterAll(async () => {
    await daemon.stop();
    user.remove();
  });

  test("a look-up, a connection, a datagram and files elsewhere are seen", async () => {
    const left = join(user.work, "left");
    const script = `
      import { lookup } from "node:dns/promises";
      import { createSocket } from "node:dgram";
      import { mkdirSync, writeFileSync } from "node:fs";
      import { connect } from "node:net";
      mkdirSync("${left}");
      writeFileSync("${left}/file", "");
      connect(9, "127.0.0.1").on("error", () => {});
      connect(${daemon.port}, "127.0.0.1").end();
      const away = connect(9, "192.0.2.1").on("error", () => {});
      setImmediate(() => away.destroy());
      const datagrams = createSocket("udp4");
      datagrams.send("x", 9, "127.0.0.1", () => datagrams.close());
      await lookup("continuo.invalid").catch(() => {});`;
    const run = user.start(["--input-type=module", "-e", script]);
    expect(await run.ended).toMatchObject({ exitCode: 0, stderr: "" });
    const seen = trespasses(run.calls(), { folders: [user.home], ports: ports() }, user.work).join("\n");
    expect(seen).toMatch(/^mkdir\(".*\/left"/m);
    expect(seen).toMatch(/^openat\(.*\/left\/file", O_WRONLY\|O_CREAT/m);
    expect(seen).toMatch(/^connect\(.*htons\(9\), .*"127\.0\.0\.1"/m);
    expect(seen).toMatch(/^connect\(.*htons\(9\), .*"192\.0\.2\.1"/m);
    expect(seen).toMatch(/^socket\(AF_INET, SOCK_DGRAM/m);
    expect(seen).not.toContain(`htons(${daemon.port})`);
  });

  test.each(COMMANDS.map((command) => [command.args.join(" "), command] as const))(
    "continuo %s",
    async (_, command) => {
      const { args, env, stdout } = command;
      const run = user.continuo(args, env);
      run.child.stdin?.end();
      const result = await run.ended;
      expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("error[") });
      user.expectKeptIn(run, { ports: ports() });
      if (stdout !== undefined) writeFileSync(join(user.work, stdout), result.stdout);
    },
  );

  test("watch, until it is ended", async () => {
    const song = readFileSync(join(user.work, "song.mid"));
    const marks = [textEvent(7_680, "[fill"), textEvent(11_520, "fill]")];
    writeFileSync(join(user.work, "watched", "new.mid"), withTexts(song, marks, 1));
    const run = user.continuo(["watch", "watched", "--existing", "--no-daemon"]);
    await until("a fill", () => existsSync(join(user.work, "watched", "new.filled.mid")));
    process.kill(run.pid() ?? 0, "SIGINT");
    await run.ended;
    user.expectKeptIn(run);
  });

  test.each([[[]], [["--no-daemon"]]])("mcp %j, with a fill", async (more) => {
    const fill = { file: "song.mid", track: 1, bars: "9-10", output: `mcp${more.length}.mid` };
    const run = user.continuo(["mcp", ...more]);
    const messages = [
      [
        "initialize",
        { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "0" } },
      ],
      ["tools/call", { name: "fill", arguments: fill }],
    ].map(([method, params], id) => JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    run.child.stdin?.write(`${messages.join("\n")}\n`);
    await until("two answers", () => run.said().split("\n").length > 2);
    run.child.stdin?.end();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(user.work, fill.output))).toBe(true);
    user.expectKeptIn(run, { ports: ports() });
  });

  test("serve --detach, and stop", async () => {
    const home = join(user.work, "another-home");
    const env = { CONTINUO_HOME: home };
    const run = user.continuo(["serve", "--detach", "--port", "0", "--tcp-port", "0"], env);
    await until("another daemon", () => run.said().includes("\n"));
    const { url, tcpPort } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
    const own = [Number(new URL(url).port), tcpPort];
    const stop = user.continuo(["stop"], env);
    expect(await stop.ended).toMatchObject({ exitCode: 0 });
    user.expectKeptIn(stop, { ports: own });
    await run.ended;
    user.expectKeptIn(run, { ports: own, listens: true });
  });

  test("the daemon for a minute, by every transport, with a page and a training", async () => {
    const http = overHttp(daemon);
    const [socket, frames] = await Promise.all([openWebSocket(daemon), openTcp(daemon)]);
    for (const caller of [http, socket, frames, overFolder(daemon)]) {
      resultOf(await caller.call("fill/run", songRequest()));
    }
    expect((await getUrl(daemon, { token: daemon.token(), method: "status", params: "{}" })).status).toBe(
      200,
    );
    const file = readFileSync(join(user.work, "song.mid")).toString("base64");
    const { rollId } = resultOf(await http.call("roll/open", { title: "song.mid", file }));
    const { url } = resultOf(await http.call("page/open", { rollId, browser: false }));
    const headers = { authorization: `Bearer ${daemon.token()}` };
    for (const address of [url, `${daemon.url}/metrics`]) {
      expect((await fetch(address, { headers })).status).toBe(200);
    }
    const training = { name: "watched", folders: [join(user.work, "songs")], from: "tiny", minutes: 30 };
    const { runId } = resultOf(await http.call("training/start", training));
    const inState = (state: string) =>
      until(
        `a training to be ${state}`,
        async () => {
          const { run } = resultOf(await http.call("training/get", { runId }));
          if (run.state === "failed") throw new Error(run.error?.message);
          return run.state === state;
        },
        TRAINING_MS,
      );
    await inState("training");
    resultOf(await http.call("training/stop", { runId }));
    await inState("stopped");
    resultOf(await http.call("training/install", { runId, name: "learned", force: true }));
    resultOf(await http.call("fill/run", songRequest({ model: "learned" })));
    for (const caller of [socket, frames]) caller.close();
    // The time itself is what is tested: libraries send what they have gathered only after a while.
    await sleep(Math.max(0, DAEMON_LIVES_MS - (performance.now() - startedAt)));
    resultOf(await http.call("shutdown", {}));
    expect(await serving.ended).toMatchObject({ exitCode: 0 });
    user.expectKeptIn(serving, { folders: [user.home, daemonTemporary], ports: ports(), listens: true });
    expect(readdirSync(daemonTemporary)).toEqual([]);
  });
});
