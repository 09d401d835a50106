/**
 * Bitwig: failures between musician, clip and daemon: one short message, and nothing changes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROGRAM } from "../../bridge/support/cli.ts";
import { newHome, startDaemon } from "../../e2e/support/daemon.ts";
import { until } from "../../e2e/support/wait.ts";
import { Bitwig, type BitwigOptions, onEachEngine } from "./support/bitwig.ts";
import { modelNote } from "./support/clip-model.ts";
import { work } from "./support/grid-clip.ts";
import {
  eighths,
  expectFilled,
  FILLED,
  inPlace,
  open,
  present,
  sentRequests,
  setBars,
  shape,
} from "./support/music.ts";
import { pretend } from "./support/pretended.ts";
import { Project } from "./support/project.ts";

const SONG = { length: 48, notes: [...eighths(0, 16), ...eighths(32, 48)] };
const LONG = { length: 320, notes: [...eighths(0, 32), ...eighths(288, 320)] };

function arrange(project: Project): void {
  project.addLauncherClip(SONG);
}

/** A fill that takes many seconds, on the model that is shipped. */
async function openLong() {
  const opened = await open((project) => {
    project.addLauncherClip(LONG);
  });
  const { bitwig, project } = opened;
  inPlace(bitwig);
  setBars(bitwig, 9, 72);
  bitwig.panel.set("Candidates", 16);
  bitwig.panel.set("Model", "infill-s");
  return { ...opened, clip: present(project.launcherClip()) };
}

/** Until the daemon works on it. */
async function begun(bitwig: Bitwig): Promise<void> {
  await bitwig.seen();
  bitwig.press("Fill");
  await bitwig.said(/Filling bars 9-72: [1-9]/);
}

/** Bars 5 to 8, filled in place, by a daemon that answers when it is told to. */
async function openHeld(make: (project: Project) => void) {
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  const note = { durationTicks: 12, pitch: 61, velocity: 80, channel: 0 };
  const notes = [16, 20].map((start) => ({ ...note, startTick: start * 48 }));
  const result = { seed: 1, removed: [], candidates: [{ seed: 1, notes }], warnings: [] };
  const port = await pretend(async (_method, id) => {
    await isReleased;
    return [{ id, result: { jobId: "a", state: "done", result, error: null } }];
  });
  const project = new Project();
  make(project);
  const preferences = { "TCP port": port, "Token (continuo token)": "x" };
  const bitwig = new Bitwig({ project, preferences });
  inPlace(bitwig);
  setBars(bitwig, 5, 8);
  return { bitwig, project, release };
}

function untouched(project: Project): void {
  for (const track of project.tracks) for (const clip of track.slots) expect(clip?.history ?? []).toEqual([]);
  expect(project.tracks.flatMap(({ slots }) => slots).filter((clip) => clip !== null)).toHaveLength(1);
}

onEachEngine(() => {
  test("cancel in the middle of a job ends it in the daemon too", async () => {
    const { bitwig, project } = await openLong();
    await begun(bitwig);
    expect(await bitwig.finish("Cancel", /Cancelled/)).toMatch(/Nothing was changed/);
    expect(bitwig.requests("fill/cancel")).toHaveLength(1);
    bitwig.panel.set("Candidates", 1);
    bitwig.panel.set("Model", "tiny");
    setBars(bitwig, 9, 10);
    untouched(project);
    await bitwig.finish("Fill", FILLED);
  });

  test("cancel while the clip is read, and at once another action", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 400, notes: eighths(0, 400) });
    });
    await bitwig.seen();
    work.looks = 0;
    bitwig.press("Fill");
    await until("the first page", () => work.looks > 0);
    await bitwig.finish("Cancel", /Cancelled/);
    expect(sentRequests(bitwig)).toEqual([]);
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 50, 52);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 196, 208);
  });

  test("cancel where nothing runs", async () => {
    const { bitwig } = await open(arrange);
    await bitwig.finish("Cancel", /Nothing is running/);
  });

  test("a second press while one runs is refused", async () => {
    const { bitwig } = await openLong();
    await begun(bitwig);
    for (const label of ["Fill", "Vary", "Continue", "Fill again", "Keep these notes"]) {
      await bitwig.finish(label, label === "Fill again" ? /working|no fill yet/ : /working/);
    }
    expect(sentRequests(bitwig)).toHaveLength(1);
    await bitwig.finish("Cancel", /Cancelled/);
  });

  test("a region that changed meanwhile is not written, until the musician says so again", async () => {
    const { bitwig, project, release } = await openHeld(arrange);
    const clip = present(project.launcherClip());
    await bitwig.seen();
    bitwig.press("Fill");
    await bitwig.said(/Filling/);
    const [own] = eighths(20, 20.5, 90);
    clip.notes.push({ ...present(clip.notes[0]), ...own, isSelected: false });
    project.change();
    await bitwig.seen();
    const changed = structuredClone(clip.notes);
    release();
    expect(await bitwig.said(/changed meanwhile/)).toMatch(
      /nothing was written\. "Fill again" writes anyway/,
    );
    expect([clip.notes, clip.history]).toEqual([changed, []]);
    await bitwig.finish("Fill again", FILLED);
    expectFilled(clip, changed, 16, 32);
    expect(clip.notes.filter(({ pitch, start }) => pitch === 90 && start === 20)).toEqual([]);
  });

  test("an undone edit is not a change", async () => {
    const { bitwig, project } = await open(arrange);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    const copy = present(project.launcherClip());
    copy.notes.push({ ...present(copy.notes[0]), start: 20, pitch: 99 });
    project.change();
    await bitwig.finish("Fill again", /changed meanwhile; nothing was written/);
    copy.notes.pop();
    project.change();
    const before = structuredClone(copy.notes);
    await bitwig.finish("Fill again", FILLED);
    expectFilled(copy, before, 16, 32);
  });

  test("another clip that is selected meanwhile is left alone, unless the musician says so", async () => {
    const { bitwig, project, release } = await openHeld((made) => {
      const track = made.addTrack("Lead");
      made.addLauncherClip({ ...SONG, notes: [...SONG.notes, { start: 20, pitch: 99 }] }, track, 3);
      made.addLauncherClip({ ...SONG }, track, 0);
    });
    const track = present(project.tracks[0]);
    await bitwig.seen();
    bitwig.press("Fill");
    await bitwig.said(/Filling/);
    project.select(track, 3);
    await bitwig.seen();
    release();
    await bitwig.said(/Another clip was selected meanwhile; nothing was written\. "Fill again"/);
    expect([track.slots[0]?.history, track.slots[3]?.history]).toEqual([[], []]);
    await bitwig.finish("Fill again", FILLED);
    expect(track.slots[0]?.history).toEqual([]);
    expectFilled(present(track.slots[3]), SONG.notes.map(modelNote), 16, 32);
  });

  test("fill again in a clip that lacks the bars, or whose notes are others", async () => {
    const { bitwig, project } = await open((made) => {
      const track = made.addTrack("Lead");
      made.addLauncherClip({ length: 24, notes: eighths(0, 24) }, track, 5);
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) }, track, 6);
      made.addLauncherClip(SONG, track, 0);
    });
    const track = present(project.tracks[0]);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    project.select(track, 5);
    expect(await bitwig.finish("Fill again", /has no bars 5-8/)).toMatch(/Nothing was changed/);
    project.select(track, 6);
    await bitwig.finish("Fill again", /changed meanwhile; nothing was written/);
    expect([track.slots[5]?.history, track.slots[6]?.history]).toEqual([[], []]);
  });

  test("no free slot for a copy", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG, made.addTrack("Lead", 1));
    });
    setBars(bitwig, 5, 8);
    expect(await bitwig.finish("Fill", /no free slot/)).toMatch(/Nothing was changed/);
    untouched(project);
  });

  test("no clip", async () => {
    const { bitwig } = await open((made) => {
      made.addTrack("Lead");
    });
    await bitwig.finish("Fill", /Select a note clip first/);
  });

  test("what the daemon refuses is told in its words", async () => {
    const { bitwig, project } = await open(arrange);
    setBars(bitwig, 5, 8);
    bitwig.panel.set("Scale", "H durweg");
    expect(await bitwig.finish("Fill", /SCALE_UNKNOWN/)).toMatch(/Nothing was changed/);
    bitwig.panel.set("Scale", "");
    bitwig.panel.set("Model", "none");
    await bitwig.finish("Fill", /MODEL_NOT_FOUND/);
    untouched(project);
  });
});

/** A home whose daemon is not running, with what starts one. */
function sleepingHome(program = [process.execPath, PROGRAM]): string {
  const home = newHome();
  writeFileSync(join(home, "config.json"), JSON.stringify({ model: "tiny", port: 0, tcpPort: 0 }));
  writeFileSync(join(home, "program.txt"), `${program.join("\n")}\n`);
  onTestFinished(() => {
    try {
      process.kill(JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")).pid);
    } catch {
      // None was started.
    }
  });
  return home;
}

onEachEngine((engine) => {
  test("a daemon that can't be started: why, and what to do", async () => {
    const project = new Project();
    arrange(project);
    const bitwig = new Bitwig({ project, home: sleepingHome(["/no/node", PROGRAM]) });
    const told = await bitwig.finish("Fill", /could not be started/);
    expect(told).toMatch(/\/no\/node.*Start it by "continuo serve --detach"\. Nothing was changed/);

    const unknown = new Bitwig({ project, home: newHome() });
    await unknown.finish("Fill", /not running\. Start it by "continuo serve --detach"/);
    untouched(project);
  });

  test("a daemon that is not running is started", async () => {
    const home = sleepingHome();
    const project = new Project();
    arrange(project);
    const bitwig = new Bitwig({ project, home, preferences: { "Folder (CONTINUO_HOME)": home } });
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.popups).toContain("Continuo: Starting Continuo");
    // Of what Nashorn's own Java starts, only what comes of it is seen.
    const started = engine === "Nashorn" ? [] : [[process.execPath, PROGRAM, "serve", "--detach"]];
    expect(bitwig.machine.started).toEqual(started);
    expect(bitwig.errors).toEqual([]);
  });

  test("a daemon that left its file behind is restarted", async () => {
    const home = sleepingHome();
    writeFileSync(join(home, "daemon.json"), JSON.stringify({ tcpPort: 1 }));
    writeFileSync(join(home, "token"), "0".repeat(64));
    const project = new Project();
    arrange(project);
    const bitwig = new Bitwig({ project, home });
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.errors).toEqual([]);
  });
});

test("an engine that gives no Java says how to start a daemon", async () => {
  const project = new Project();
  arrange(project);
  const blind = new Bitwig({ project, home: sleepingHome(), java: "none" });
  await blind.finish("Fill", /not running\. Start it by/);
  untouched(project);
});

test.each(["packages", "none"] as const)(
  "an engine with Java by %s, told where the daemon is",
  async (java) => {
    const daemon = await startDaemon();
    const project = new Project();
    arrange(project);
    const preferences =
      java === "none" ? { "TCP port": daemon.tcpPort, "Token (continuo token)": daemon.token() } : {};
    const bitwig = new Bitwig({ project, home: daemon.home, java, preferences });
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.errors).toEqual([]);
  },
);

test("a daemon that dies in the middle of a job, and comes back", async () => {
  const { bitwig, clip, daemon, project } = await openLong();
  await begun(bitwig);
  daemon.child.kill("SIGKILL");
  expect(await bitwig.said(/ended meanwhile/)).toMatch(/Nothing was changed\. Try again/);
  await daemon.ended;
  untouched(project);
  await startDaemon({ home: daemon.home });
  bitwig.panel.set("Model", "tiny");
  bitwig.panel.set("Candidates", 1);
  setBars(bitwig, 9, 10);
  const before = structuredClone(clip.notes);
  await bitwig.finish("Fill", FILLED);
  expectFilled(clip, before, 32, 40);
});

test("a daemon that ended between two fills: the next press finds the new one", async () => {
  const { bitwig, daemon, project } = await open(arrange);
  setBars(bitwig, 5, 8);
  await bitwig.finish("Fill", FILLED);
  const first = shape(present(project.launcherClip()).notes);
  await daemon.stop();
  await startDaemon({ home: daemon.home });
  await bitwig.finish("Vary", FILLED);
  expect(shape(present(project.launcherClip()).notes)).not.toEqual(first);
});

test("a wrong token", async () => {
  const daemon = await startDaemon();
  const project = new Project();
  arrange(project);
  const preferences = { "Token (continuo token)": "0".repeat(64) };
  const bitwig = new Bitwig({ project, home: daemon.home, preferences });
  expect(await bitwig.finish("Fill", /TOKEN_WRONG/)).toMatch(/Nothing was changed/);
  expect(bitwig.machine.started).toEqual([]);
  untouched(project);
});

test.each([0, 2])("a script of protocol %i beside a daemon of protocol 1", async (version) => {
  const { bitwig, project } = await open(arrange, {
    change: (script) => script.replace("var PROTOCOL_VERSION = 1;", `var PROTOCOL_VERSION = ${version};`),
  });
  const told = await bitwig.finish("Fill", /protocol/);
  expect(told).toContain(
    `This script speaks protocol ${version}, the daemon 1: run "continuo install bitwig"`,
  );
  untouched(project);
});

function openPretended(port: number, options: BitwigOptions = {}): Bitwig {
  const project = new Project();
  arrange(project);
  const preferences = { "TCP port": port, "Token (continuo token)": "x" };
  const bitwig = new Bitwig({ project, preferences, ...options });
  setBars(bitwig, 5, 8);
  return bitwig;
}

test("a daemon that falls silent is given up", async () => {
  const bitwig = openPretended(await pretend(() => []), {
    change: (script) => script.replace("var GIVE_UP_SECONDS = 45;", "var GIVE_UP_SECONDS = 3;"),
  });
  expect(await bitwig.finish("Fill", /does not answer/)).toMatch(/Nothing was changed/);
  await until("the end of the connection", () => bitwig.sockets.open.size === 0);
  untouched(bitwig.project);
});

test("an end that is told before the answer, or only when asked for; notes outside the region are not written", async () => {
  const note = { durationTicks: 12, pitch: 61, velocity: 80, channel: 0 };
  const notes = [0, 16 * 48, 31 * 48, 32 * 48].map((startTick) => ({ ...note, startTick }));
  const result = { seed: 1, removed: [], candidates: [{ seed: 1, notes }], warnings: [] };
  const job = (state: string) => ({
    jobId: "a",
    state,
    result: state === "done" ? result : null,
    error: null,
  });
  const early = await pretend((_method, id) => [
    { method: "fill/end", params: job("done") },
    { id, result: job("running") },
  ]);
  const late = await pretend((method, id) => [
    { id, result: job(method === "fill/get" ? "done" : "running") },
  ]);
  for (const [port, seconds] of [
    [early, 45],
    [late, 2],
  ] as const) {
    const bitwig = openPretended(port, {
      change: (script) => script.replace("var ASK_SECONDS = 15;", `var ASK_SECONDS = ${seconds};`),
    });
    await bitwig.finish("Fill", FILLED);
    const copy = present(bitwig.project.launcherClip());
    expect(copy.notes.filter(({ pitch }) => pitch === 61).map(({ start }) => start)).toEqual([16, 31]);
    bitwig.quit();
  }
});

test("a script that is taken out closes its connection", async () => {
  const { bitwig } = await open(arrange);
  setBars(bitwig, 5, 8);
  await bitwig.finish("Fill", FILLED);
  bitwig.evaluate("exit()");
  await until("the end of the connection", () => bitwig.sockets.open.size === 0);
});
