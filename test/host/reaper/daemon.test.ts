/**
 * REAPER: a daemon that is missing, dies, is replaced or is busy; and a musician who goes on working meanwhile.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { PROGRAM } from "../../bridge/support/cli.ts";
import { overHttp, resultOf } from "../../e2e/support/callers.ts";
import { newHome, startDaemon } from "../../e2e/support/daemon.ts";
import { until } from "../../e2e/support/wait.ts";
import { onEachLua } from "../shared/lua.ts";
import { eighths, song } from "./support/projects.ts";
import { FakeReaper } from "./support/reaper.ts";
import { greet, scriptedDaemon } from "./support/scripted-daemon.ts";

const RUNNING = "job j1 running\nprogress 0.250 3 0 0\nEND\n";
const DONE = [
  "job j1 done",
  "progress 1.000 2 1 0",
  "seed 1",
  "candidate 0 2 1",
  "note 15360 960 72 84 0",
  "note 16320 960 74 84 0",
  "END\n",
].join("\n");

async function open(lua: string, home: string): Promise<FakeReaper> {
  const reaper = new FakeReaper(lua, home);
  await reaper.open(song());
  await reaper.selectTime(16, 20);
  return reaper;
}

/** REAPER 7 has Lua 5.4. */
const isReaper7 = (lua: string) => lua === "lua5.4";

/** A daemon that fills when it is told to. */
function slowDaemon() {
  const control = { isDone: false };
  const daemon = scriptedDaemon((message) => {
    if (message.method === "fill/start") return RUNNING;
    if (message.method === "fill/get") return control.isDone ? DONE : RUNNING;
    if (message.method === "fill/cancel") return "job j1 cancelled\nprogress 0.250 3 0 0\nEND\n";
    return message.method === "fill/accept" ? 'json {"accepted":1}\nEND\n' : greet(message);
  });
  return { daemon, control };
}

/** A daemon without a folder, whose fill goes on until it is told to end. */
async function slowHttp() {
  const daemon = scriptedDaemon();
  rmSync(daemon.folder, { recursive: true });
  const held: (() => void)[] = [];
  let isDone = false;
  const job = (state: string) => ({
    ...{ jobId: "j1", state, fraction: 0, noteCount: 0, finished: 0, queuePosition: 0, error: null },
    result: state === "done" ? HTTP_RESULT : null,
  });
  const waits: unknown[] = [];
  const server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse(await text(request));
    if (method === "fill/get") {
      waits.push(params.waitMs);
      await new Promise<void>((go) => (isDone ? go() : held.push(go)));
    }
    const result = method === "status" ? { protocolVersion: 1 } : job(isDone ? "done" : "running");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const instance = { url: `http://127.0.0.1:${port}`, pid: process.pid, version: "0.1.0" };
  writeFileSync(join(daemon.home, "daemon.json"), JSON.stringify(instance));
  const end = () => {
    isDone = true;
    for (const go of held) go();
  };
  return { home: daemon.home, control: { waits, end } };
}

const HTTP_NOTE = { startTick: 15_360, durationTicks: 960, pitch: 72, velocity: 84, channel: 0 };
const HTTP_RESULT = { removed: [], candidates: [{ seed: 1, notes: [HTTP_NOTE] }], warnings: [] };

/** Start a script, and tick until the daemon has been asked for a fill. */
async function startFill(reaper: FakeReaper, daemon: ReturnType<typeof slowDaemon>["daemon"]): Promise<void> {
  await reaper.start("Fill");
  await until("a fill", async () => {
    await reaper.tick();
    return daemon.messages.some(({ method }) => method === "fill/get");
  });
}

onEachLua("while REAPER waits", (lua) => {
  test.each([true, false])(
    "notes that were changed are replaced only if the musician says so: %s",
    async (says) => {
      const { daemon, control } = slowDaemon();
      const reaper = await open(lua, daemon.home);
      await startFill(reaper, daemon);
      await reaper.eval(
        "project.state.tracks[1].items[1].takes[1].notes[34].pitch = 99 project.answers = { input }",
        says,
      );
      control.isDone = true;
      const state = await reaper.finish();
      expect(state.asked).toEqual([
        "The notes in bar 5 were changed meanwhile. Replace them by the new ones?",
      ]);
      expect(state.undo).toEqual(says ? ["Continuo: fill bar 5"] : []);
      expect(state.said).toEqual(says ? [] : ["Nothing was changed."]);
      const pitches = state.tracks[0]?.items[0]?.notes.map(([, , pitch]) => pitch);
      expect(pitches?.includes(99)).toBe(!says);
      expect(state.errors).toEqual([]);
    },
  );

  test("notes elsewhere may be changed", async () => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.eval("table.remove(project.state.tracks[1].items[1].takes[1].notes, 2)");
    control.isDone = true;
    const state = await reaper.finish();
    expect([state.asked, state.said, state.errors]).toEqual([[], [], []]);
    expect(state.tracks[0]?.items[0]?.notes).toHaveLength(127 - 8 + 2);
  });

  test.each([
    ["taken away", "project.state.tracks[1].items = {}"],
    ["moved", "project.state.tracks[1].items[1].position = 30"],
    ["cut", "project.state.tracks[1].items[1].length = 5"],
  ])("an item that was %s is left alone", async (_, chunk) => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.eval(`${chunk} project.answers = { true }`);
    const before = await reaper.state();
    control.isDone = true;
    const state = await reaper.finish();
    expect(state.said[0]).toMatch(
      /^The notes could not be written: its item (is gone|was moved or cut meanwhile)\./,
    );
    expect([state.tracks, state.undo, state.errors]).toEqual([before.tracks, [], []]);
  });

  test("Cancel ends it, and the daemon's work", async () => {
    const { daemon } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    const before = await reaper.state();
    await startFill(reaper, daemon);
    await reaper.start("Cancel");
    const state = await reaper.finish();
    expect(state.said).toEqual(["Cancelled. Nothing was changed."]);
    expect([state.tracks, state.undo, state.errors]).toEqual([before.tracks, [], []]);
    expect(daemon.messages.at(-1)).toMatchObject({ method: "fill/cancel", params: { jobId: "j1" } });
  });

  test("a window tells how far it is, and Escape ends it", async () => {
    const { daemon } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.eval("project.ahead = 1");
    await reaper.tick();
    const open_ = await reaper.state();
    expect([open_.window, open_.drawn]).toEqual(["open", ["Filling bar 5 (Esc ends it)"]]);
    await reaper.eval("project.gfx.char = 27");
    const state = await reaper.finish();
    expect(state.said).toEqual(["Cancelled. Nothing was changed."]);
    expect([state.window, state.errors]).toEqual(["closed", []]);
  });

  test("a second press gives the first up and fills what is selected then", async () => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.selectTime(32, 36);
    await reaper.start("Fill");
    control.isDone = true;
    const state = await reaper.finish();
    const starts = daemon.messages.filter(({ method }) => method === "fill/start");
    if (isReaper7(lua)) {
      expect(state.taskControl).toBe(0);
      expect([state.said, state.undo]).toEqual([[], ["Continuo: fill bar 9"]]);
      expect(starts).toHaveLength(2);
      expect(daemon.messages.filter(({ method }) => method === "fill/cancel")).toHaveLength(1);
      expect(state.toggled).toEqual([1, 0, 1, 0]);
    } else {
      // REAPER 6 asks itself; here the musician wants both.
      expect(state.taskControl).toBe(1);
      expect(state.said).toEqual(['Continuo is still working. "Continuo: Cancel" stops it.']);
      expect([state.undo, starts.length]).toEqual([["Continuo: fill bar 5"], 1]);
    }
    expect(state.errors).toEqual([]);
  });

  test("another action's press says so, and changes nothing of the first", async () => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.start("Vary");
    expect((await reaper.state()).said).toEqual(['Continuo is still working. "Continuo: Cancel" stops it.']);
    control.isDone = true;
    const state = await reaper.finish();
    expect([state.undo, state.errors, state.taskControl]).toEqual([["Continuo: fill bar 5"], [], 0]);
    expect(daemon.messages.filter(({ method }) => method === "fill/start")).toHaveLength(1);
  });

  test("a script that was ended by force cancels its fill and lets the next one work", async () => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.kill();
    await until("the fill to be cancelled", () =>
      daemon.messages.some(({ method }) => method === "fill/cancel"),
    );
    control.isDone = true;
    const state = await reaper.run("Fill");
    expect([state.said, state.undo, state.errors]).toEqual([[], ["Continuo: fill bar 5"], []]);
    expect(state.toggled).toEqual([1, 0, 1, 0]);
  });

  test("what was written stays written exactly", async () => {
    const { daemon, control } = slowDaemon();
    control.isDone = true;
    const reaper = await open(lua, daemon.home);
    const state = await reaper.run("Fill");
    const written = state.tracks[0]?.items[0]?.notes.filter(([start]) => start >= 15_360 && start < 19_200);
    expect(written).toEqual([
      [15_360, 16_320, 72, 84, 0, ""],
      [16_320, 17_280, 74, 84, 0, ""],
    ]);
  });

  test("a hint opens no window: it stands beside the mouse, in the help line and in the console", async () => {
    const hint = "candidates like those that you kept (100%) come first";
    const daemon = scriptedDaemon(({ method }) =>
      method === "fill/start" ? DONE.replace("END", `warning RERANKED ${hint}\nEND`) : greet({ method }),
    );
    const reaper = await open(lua, daemon.home);
    await reaper.eval("project.has_osara = true");
    const state = await reaper.run("Fill");
    expect([state.undo, state.asked, state.errors]).toEqual([["Continuo: fill bar 5"], [], []]);
    expect([state.said, state.window, state.console]).toEqual([[hint], "never", []]);
    expect(state.tooltip).toBe(`Continuo: ${hint.replace("%", "％")}`);
    expect(state.logged).toEqual([`!SHOW:Continuo: ${hint}\n`]);
    expect(await reaper.eval("return project.read_aloud")).toEqual([hint]);
    // What was told before is over with the next action.
    await reaper.selectTime(20, 24);
    expect((await reaper.run("Fill")).tooltip).toBe(`Continuo: ${hint.replace("%", "％")}`);
  });

  test.each([0, 2])("a daemon of protocol %i is refused", async (version) => {
    const daemon = scriptedDaemon(() => `json {"protocolVersion":${version}}\nEND\n`);
    const reaper = await open(lua, daemon.home);
    const state = await reaper.run("Fill");
    expect(state.said).toEqual([
      `This script speaks protocol 1, the daemon ${version}: run "continuo install reaper" again. Nothing was changed.`,
    ]);
    expect(state.undo).toEqual([]);
  });
});

onEachLua("REAPER's script", (lua) => {
  test("starts a daemon where none runs", async () => {
    const home = newHome();
    onTestFinished(async () => {
      const { pid } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
      process.kill(pid);
      await until("the daemon to end", () => !readdirSync(home).includes("daemon.json"));
    });
    writeFileSync(join(home, "config.json"), JSON.stringify({ model: "tiny", port: 0, tcpPort: 0 }));
    writeFileSync(join(home, "program.txt"), `${process.execPath}\n${PROGRAM}\n`);
    const reaper = await open(lua, home);
    const state = await reaper.run("Fill");
    expect([state.said, state.undo, state.errors]).toEqual([[], ["Continuo: fill bar 5"], []]);
    expect(state.executed).toEqual([`"${process.execPath}" "${PROGRAM}" serve --detach`]);
  });

  test("says how to start one that can't be started", async () => {
    const home = newHome();
    const reaper = await open(lua, home);
    expect((await reaper.run("Fill")).said[0]).toMatch(
      /is not running: start it by "continuo serve --detach"/,
    );
    writeFileSync(join(home, "program.txt"), "/nowhere/node\r\n/nowhere/cli.js\r\n");
    expect((await reaper.run("Fill")).said[1]).toMatch(
      /could not be started \(REAPER can't run \/nowhere\/node\)/,
    );
  });

  test("says that a daemon died in the middle, and writes nothing", async () => {
    const daemon = await startDaemon();
    const reaper = new FakeReaper(lua, daemon.home);
    await reaper.open(song({ lead: { length: 256, notes: eighths(256, 60) } }));
    await reaper.eval("project.input_answers = { input }", "0,0,0,127,,free,1,0.5,16,infill-s");
    await reaper.run("Settings");
    await reaper.selectTime(0, 256);
    const before = await reaper.state();
    await reaper.start("Fill");
    await until("a fill at work", async () => {
      await reaper.tick();
      return resultOf(await overHttp(daemon).call("status")).jobs.running === 1;
    });
    // The third request is the first that names the fill.
    await reaper.tickUntil("the script to know its fill", () =>
      readdirSync(daemon.folder).some((name) => /^reaper-\d+-([3-9]|\d\d)/.test(name)),
    );
    daemon.child.kill("SIGKILL");
    const state = await reaper.finish();
    expect(state.said).toEqual(["The daemon ended while it filled. Nothing was changed. Try again."]);
    expect([state.tracks, state.undo, state.errors]).toEqual([before.tracks, [], []]);
  });

  test("goes by curl where the folder can't be used, with the token in no command", async () => {
    const daemon = await startDaemon({ config: { folder: "" } });
    const reaper = await open(lua, daemon.home);
    const before = await reaper.state();
    const state = await reaper.run("Fill");
    expect([state.said, state.undo, state.errors]).toEqual([[], ["Continuo: fill bar 5"], []]);
    expect(state.tracks[0]).not.toEqual(before.tracks[0]);
    expect(state.executed.length).toBeGreaterThanOrEqual(3);
    for (const command of state.executed) {
      expect(command).toMatch(/^"\/usr\/bin\/curl" /);
      expect(command).not.toContain(daemon.token());
    }
    expect(statSync(daemon.home).mode & 0o077).toBe(0);
    expect(readdirSync(daemon.home).filter((name) => name.startsWith("reaper"))).toEqual([]);
  });

  test("names Windows' own programs there, none of which shows a console, and quotes every path", async () => {
    const daemon = scriptedDaemon();
    rmSync(daemon.folder, { recursive: true });
    const reaper = new FakeReaper(lua, daemon.home);
    await reaper.open(song());
    await reaper.eval('project.os = "Win64"');
    writeFileSync(join(daemon.home, "program.txt"), "C:\\Program Files\\node.exe\r\nC:\\a b\\cli.js\r\n");
    const state = await reaper.run("Fill");
    const headless = '"C:\\Windows\\System32\\conhost.exe" --headless ';
    const [curl, node] = state.executed;
    expect(state.executed.every((command) => command.startsWith(headless))).toBe(true);
    expect(curl?.slice(headless.length)).toMatch(/^"C:\\Windows\\System32\\curl\.exe" -sS /);
    const base = join(daemon.home, "reaper-").replaceAll("\\", "\\\\");
    for (const ending of ["header", "body", "answer"]) {
      expect(curl).toMatch(new RegExp(`"@?${base}[\\d-]+\\.${ending}"`));
    }
    expect(node?.slice(headless.length)).toBe(
      '"C:\\Program Files\\node.exe" "C:\\a b\\cli.js" serve --detach',
    );
    expect(state.said).toHaveLength(1);
    expect(readdirSync(daemon.home).filter((name) => name.startsWith("reaper"))).toEqual([]);
  });

  test("starts no program for each look at a fill that takes long", async () => {
    const { home, control } = await slowHttp();
    const reaper = await open(lua, home);
    await reaper.start("Fill");
    await until("a look at the fill", async () => {
      await reaper.tick();
      return control.waits.length > 0;
    });
    const { executed } = await reaper.state();
    expect(control.waits).toEqual([20_000]);
    await reaper.eval("project.ahead = 19");
    for (let tick = 0; tick < 50; tick += 1) await reaper.tick();
    expect((await reaper.state()).executed).toEqual(executed);
    control.end();
    const state = await reaper.finish();
    expect([state.said, state.undo, state.errors]).toEqual([[], ["Continuo: fill bar 5"], []]);
    expect(state.executed).toHaveLength(3);
  });

  test("takes away what came after it was given up, and nothing else", async () => {
    const { home, control } = await slowHttp();
    const now = Math.floor(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1e6);
    const [old, recent] = [`reaper-${now - 121e6}-3.answer`, `reaper-${now - 1e6}-3.answer`];
    for (const name of [old, recent, "reaper.txt"]) writeFileSync(join(home, name), "");
    control.end();
    expect((await (await open(lua, home)).run("Fill")).undo).toHaveLength(1);
    const left = readdirSync(home).filter((name) => name.startsWith("reaper"));
    expect(left.sort()).toEqual([recent, "reaper.txt"].sort());
  });

  test("says that the token is wrong", async () => {
    const daemon = await startDaemon({ config: { folder: "" } });
    const home = newHome();
    copyFileSync(join(daemon.home, "daemon.json"), join(home, "daemon.json"));
    writeFileSync(join(home, "token"), "f".repeat(64));
    const refused = await (await open(lua, home)).run("Fill");
    expect(refused.said).toHaveLength(1);
    expect(refused.said[0]).toMatch(/\(TOKEN_WRONG\)\. Nothing was changed\.$/);
  });

  test("leaves no files in the daemon's folder", async () => {
    const daemon = await startDaemon();
    const reaper = await open(lua, daemon.home);
    await reaper.run("Fill");
    await reaper.start("Vary");
    await reaper.tick();
    await reaper.start("Cancel");
    await reaper.finish();
    // Whatever came of what was given up has come before this is answered.
    await reaper.run("Fill");
    await until("an empty folder", () => readdirSync(daemon.folder).length === 0);
    rmSync(join(daemon.home, "token"));
    expect((await reaper.run("Fill")).errors).toEqual([]);
  });
});
