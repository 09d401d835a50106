/**
 * REAPER's script and a daemon that is not there, dies, is another, or has better things to do; and a musician who
 * goes on playing meanwhile.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

  test("a second press says so, and changes nothing of the first", async () => {
    const { daemon, control } = slowDaemon();
    const reaper = await open(lua, daemon.home);
    await startFill(reaper, daemon);
    await reaper.start("Fill");
    expect((await reaper.state()).said).toEqual(['Continuo is still at work. "Continuo: Cancel" ends it.']);
    control.isDone = true;
    const state = await reaper.finish();
    expect([state.undo, state.errors]).toEqual([["Continuo: fill bar 5"], []]);
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
    // Until the script has read which fill it is.
    for (let tick = 0; tick < 20; tick += 1) {
      await reaper.tick();
      await sleep(10);
    }
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

  test("names Windows' own curl there, and quotes every path", async () => {
    const daemon = scriptedDaemon();
    rmSync(daemon.folder, { recursive: true });
    const reaper = new FakeReaper(lua, daemon.home);
    await reaper.open(song());
    await reaper.eval('project.os = "Win64"');
    const state = await reaper.run("Fill");
    const base = join(daemon.home, "reaper-").replaceAll("\\", "\\\\");
    expect(state.executed[0]).toMatch(/^"C:\\Windows\\System32\\curl\.exe" -sS /);
    for (const ending of ["header", "body", "answer"]) {
      expect(state.executed[0]).toMatch(new RegExp(`"@?${base}[\\d-]+\\.${ending}"`));
    }
    expect(state.said).toHaveLength(1);
    expect(readdirSync(daemon.home).filter((name) => name.startsWith("reaper"))).toEqual([]);
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
    await sleep(700);
    expect(readdirSync(daemon.folder)).toEqual([]);
    rmSync(join(daemon.home, "token"));
    expect((await reaper.run("Fill")).errors).toEqual([]);
  });
});
