/**
 * Ardour: the actions in its window, with real keys and a real mouse, the real daemon and the shipped model.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import { finish, PROGRAM, startCli, temporaryFolder } from "../../bridge/support/cli.ts";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { readJournal } from "../../e2e/support/journal.ts";
import { until } from "../../e2e/support/wait.ts";
import { ACTIONS, ardourVersion, isApart, testArdourWindow } from "./support/ardour.ts";
import { byTime, type FullNote, readBack } from "./support/headless.ts";
import { doneJob, startPuppet } from "./support/puppet.ts";
import { dragRange, findRow } from "./support/row.ts";
import { bass, drums, melody } from "./support/songs.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";
import { useStage } from "./support/stage.ts";
import { configure, type Run } from "./support/window.ts";

/** Ardour itself ends at times on a busy machine; what it was to show is then tried once more, in a new one. */
const LIMIT = { timeout: 240_000, retry: 1 };
/** Key presses whose time is told. */
const TIMED = 7;
const NOTICE = "Continuo: notice";
const UNDO = "ctrl+z";
const REDO = "ctrl+shift+z";

const full = (notes: SourceNote[]): FullNote[] =>
  notes
    .map(
      ([start, duration, pitch, velocity, channel = 0, off = 64]): FullNote => [
        start,
        duration,
        pitch,
        velocity,
        channel,
        off,
      ],
    )
    .sort(byTime);
const region = (name: string, position: number, bars: number, notes: SourceNote[]) => ({
  name,
  position,
  length: bars * BAR,
  notes,
});
/** The progress window is narrower. */
const isQuestion = (width: number) => width >= 300;
const requests = (home: string) => readJournal(home).entries.filter(({ type }) => type === "request");
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** What an action of an earlier version does. */
const OLD_FACTORY = `function factory() return function()
  local file = io.open(os.getenv("CONTINUO_TRACE"), "a")
  file:write("old 1.0 ms, longest pause 1.0 ms\\n")
  file:close()
end end
`;
/** Notes with release velocities of their own: undo must bring back those too. */
const LEAD = melody(8).map(
  (note, index): SourceNote => [note[0], note[1], note[2], note[3], 0, 20 + (index % 9)],
);
const stage = useStage({
  tempos: [
    { tick: 0, qpm: 112 },
    { tick: 5 * BAR, qpm: 84 },
  ],
  meters: [
    { tick: 0, numerator: 4, denominator: 4 },
    { tick: 9 * BAR, numerator: 3, denominator: 4 },
  ],
  tracks: [
    { name: "Lead", regions: [region("Lead-1", BAR, 8, LEAD)] },
    { name: "Bass", regions: [region("Bass-1", BAR, 8, bass(8))] },
    { name: "Drums", regions: [region("Drums-1", BAR, 4, drums(4))] },
  ],
});

testArdourWindow("the first edit of a session is undone and done again by keys", LIMIT, async () => {
  const ardour = await (await stage()).freshArdour();
  expect(await ardour.notes("Lead-1")).toEqual(full(LEAD));
  await ardour.lua('Editor:access_action("Editor", "zoom-to-session")');
  await ardour.select("Lead-1");
  await ardour.screen.screenshot(`before-${ardourVersion}`);
  await ardour.run("fill");
  const filled = await ardour.notes("Lead-1");
  expect(filled).not.toEqual(full(LEAD));
  expect(filled.length).toBeGreaterThan(0);
  for (const [start, duration] of filled) expect(start + duration).toBeLessThanOrEqual(8 * BAR);
  await ardour.screen.gone("Continuo");
  await ardour.screen.screenshot(`after-${ardourVersion}`);
  // One step back brings the exact notes, one forth the new ones.
  await ardour.screen.key(UNDO);
  await ardour.holds("Lead-1", full(LEAD));
  await ardour.screen.key(REDO);
  await ardour.holds("Lead-1", filled);
});

testArdourWindow("undo leads from another candidate to the one before", LIMIT, async () => {
  const ardour = await (await stage()).ardour();
  await ardour.select("Lead-1");
  await ardour.run("fill");
  const first = await ardour.notes("Lead-1");
  await ardour.run("fill_again");
  const second = await ardour.notes("Lead-1");
  expect(second).not.toEqual(first);
  await ardour.screen.key(UNDO);
  await ardour.holds("Lead-1", first);
  await ardour.screen.key("ctrl+r");
  await ardour.holds("Lead-1", second);
});

testArdourWindow("two regions are one step; what is not selected stays", LIMIT, async () => {
  const ardour = await (await stage()).ardour();
  const [lead, drum] = [await ardour.notes("Lead-1"), await ardour.notes("Drums-1")];
  const names = ["Lead-1", "Drums-1"] as const;
  await ardour.select(...names);
  await ardour.run("vary");
  const varied = [await ardour.notes("Lead-1"), await ardour.notes("Drums-1")] as const;
  expect(varied[0]).not.toEqual(lead);
  expect(varied[1]).not.toEqual(drum);
  await ardour.screen.key(UNDO);
  await ardour.holds("Lead-1", lead);
  await ardour.holds("Drums-1", drum);
  await ardour.screen.key(REDO);
  await ardour.holds("Lead-1", varied[0]);
  await ardour.holds("Drums-1", varied[1]);
  await ardour.screen.key(UNDO);
  await ardour.holds("Drums-1", drum);
  expect(await ardour.notes("Bass-1")).toEqual(full(bass(8)));
});

testArdourWindow("a range drawn by the mouse is of whole bars, though pixels are coarse", LIMIT, async () => {
  const { ardour: open, home } = await stage();
  const ardour = await open();
  await ardour.lua("Editor:reset_zoom(2048) Editor:reset_x_origin(0)");
  await ardour.screen.key("r");
  const row = await findRow(ardour, "Lead");
  const [from, to] = [await row.xOf(2 * BAR), await row.xOf(4 * BAR)];
  const bars34 = ([start]: FullNote) => start >= BAR && start < 3 * BAR;
  for (const miss of [2, -2]) {
    const before = await ardour.notes("Lead-1");
    const range = await dragRange(ardour, row, from + miss, to - miss);
    expect(range.tracks).toEqual(["Lead"]);
    if (miss > 0) await ardour.screen.screenshot(`range-${ardourVersion}`);
    await ardour.run("fill");
    const after = await ardour.notes("Lead-1");
    expect(after.filter(bars34)).not.toEqual(before.filter(bars34));
    expect(after.filter((note) => !bars34(note))).toEqual(before.filter((note) => !bars34(note)));
    const asked = requests(home).at(-1) as { request?: { region?: unknown } } | undefined;
    expect(asked?.request?.region).toMatchObject({ startTick: 2 * BAR, endTick: 4 * BAR });
    await ardour.screen.key(UNDO);
    await ardour.holds("Lead-1", before);
  }
  await ardour.screen.key("g");
  await ardour.deselect();
});

testArdourWindow("a notice goes by itself, and by Escape at once", LIMIT, async () => {
  const ardour = await (await stage()).ardour();
  const before = await ardour.notes("Drums-1");
  await ardour.deselect();
  await ardour.run("fill");
  await ardour.screen.window(NOTICE);
  await ardour.screen.screenshot(`notice-${ardourVersion}`);
  await ardour.screen.gone(NOTICE);

  await ardour.run("fill");
  await ardour.screen.window(NOTICE);
  await ardour.screen.key("Escape");
  await ardour.screen.gone(NOTICE);
  await ardour.select("Drums-1");
  await ardour.run("fill");
  expect(await ardour.notes("Drums-1")).not.toEqual(before);
  await ardour.screen.key(UNDO);
  await ardour.holds("Drums-1", before);
});

testArdourWindow("a note that is written while the daemon is at work is asked about", LIMIT, async () => {
  const { ardour: open, desk, home } = await stage();
  const ardour = await open();
  for (const isAgreed of [false, true]) {
    await ardour.select("Lead-1");
    const fills = requests(home).length;
    await ardour.press("fill");
    await until("the fill's request", () => requests(home).length > fills);
    // Held up, so that there is time for a note.
    process.kill(desk.daemon.pid, "SIGSTOP");
    try {
      await ardour.screen.window("Continuo");
      if (!isAgreed) await ardour.screen.screenshot(`progress-${ardourVersion}`);
      await ardour.lua(addNote("Lead-1", isAgreed ? 3 : 2));
    } finally {
      process.kill(desk.daemon.pid, "SIGCONT");
    }
    const changed = await ardour.notes("Lead-1");
    await ardour.screen.windowOf("Continuo", isQuestion);
    if (isAgreed) {
      await ardour.screen.key("Tab");
      await ardour.screen.key("Return");
    } else {
      await ardour.screen.screenshot(`question-${ardourVersion}`);
      await ardour.screen.key("Escape");
    }
    await ardour.ended();
    // That nothing was changed opens no window.
    await ardour.screen.gone("Continuo");
    if (isAgreed) expect(await ardour.notes("Lead-1")).not.toEqual(changed);
    else expect(await ardour.notes("Lead-1")).toEqual(changed);
  }
});

testArdourWindow("four bars, from the key to the notes", LIMIT, async () => {
  const { ardour: open, home } = await stage();
  const ardour = await open();
  const runs: Run[] = [];
  for (let i = 0; i < TIMED; i++) {
    await ardour.select("Drums-1");
    runs.push(await ardour.run("fill"));
  }
  const own = readJournal(home)
    .entries.filter(({ type }) => type === "answer")
    .slice(-TIMED);
  report(runs, own);
  expect(own).toHaveLength(TIMED);
});

testArdourWindow(
  "a region goes to the piano roll and comes back; a wait whose window was closed is given up",
  LIMIT,
  async () => {
    const { ardour: open, desk } = await stage();
    const ardour = await open();
    const old = full(bass(8));
    const opened = desk.opened().length;
    await ardour.select("Bass-1");
    await ardour.press("roll");
    const asked = await desk.asked();
    expect([asked.title, asked.notes.length]).toEqual(["Bass, bars 2-9", old.length]);
    await ardour.screen.windowOf("Continuo", isQuestion);
    // Ardour's window is alive meanwhile.
    expect(await ardour.notes("Bass-1")).toEqual(old);
    await ardour.screen.screenshot(`roll-${ardourVersion}`);
    const note = { startTick: BAR + 100, durationTicks: QUARTER, pitch: 90, velocity: 44, channel: 0 };
    await asked.change(asked.notes.slice(0, 1), [note]);
    await asked.sendBack();
    const { pauseMs } = await ardour.ended();
    const changed = [...old.slice(1), [100, QUARTER, 90, 44, 0, 64] as FullNote].sort(byTime);
    expect(await ardour.notes("Bass-1")).toEqual(changed);
    expect(pauseMs).toBeLessThan(2000);
    expect(desk.opened()).toHaveLength(opened + 1);
    await ardour.screen.key(UNDO);
    await ardour.holds("Bass-1", old);
    await ardour.screen.key(REDO);
    await ardour.holds("Bass-1", changed);
    await ardour.screen.key(UNDO);
    await ardour.holds("Bass-1", old);

    await ardour.select("Bass-1");
    await ardour.press("roll");
    await desk.asked();
    await ardour.screen.windowOf("Continuo", isQuestion);
    // Escape closes the window, of which Ardour tells the script nothing: another key asks whether to go on.
    await ardour.screen.key("Escape");
    await ardour.screen.gone("Continuo");
    await ardour.press("fill");
    await ardour.screen.windowOf("Continuo", isQuestion);
    await ardour.screen.key("Tab");
    await ardour.screen.key("Return");
    await ardour.ended();
    expect(await desk.waiting()).toBe(0);
    await ardour.screen.gone("Continuo");
  },
);

testArdourWindow("a remark of the daemon leaves no window, and undo works at once", LIMIT, async () => {
  const { ardour: open, desk, home } = await stage();
  await desk.daemon.stop();
  const remark = "candidates like those that you kept before come first";
  startPuppet(
    ({ method }) =>
      method === "fill/start"
        ? doneJob([[[BAR, QUARTER, 50, 80]]]).replace("END", `warning REORDERED ${remark}\nEND`)
        : undefined,
    { home },
  );
  const ardour = await open();
  const before = await ardour.notes("Bass-1");
  await ardour.select("Bass-1");
  await ardour.run("fill");
  expect(await ardour.notes("Bass-1")).toEqual([[0, QUARTER, 50, 80, 0, 64]]);
  await ardour.screen.key(UNDO);
  await ardour.holds("Bass-1", before);
});

testArdourWindow("a daemon that does not run is started; what was filled is saved", LIMIT, async () => {
  const { ardour: open, desk, home, session } = await stage();
  await desk.daemon.stop();
  await runOnce(home, ["stop"]);
  const node = isApart ? standIn(home) : process.execPath;
  writeFileSync(`${home}/program.txt`, `${node}\n${resolve(PROGRAM)}\n`);
  writeFileSync(`${home}/config.json`, JSON.stringify({ model: "tiny", port: 0, tcpPort: 0 }));
  onTestFinished(() => runOnce(home, ["stop"]));
  const ardour = await open();
  const before = await ardour.notes("Lead-1");
  await ardour.select("Lead-1");
  await ardour.press("fill");
  if (isApart) await startFor(home);
  await ardour.ended();
  const filled = {
    "Lead-1": await ardour.notes("Lead-1"),
    "Bass-1": await ardour.notes("Bass-1"),
    "Drums-1": await ardour.notes("Drums-1"),
  };
  expect(filled["Lead-1"]).not.toEqual(before);
  await ardour.quit();
  expect(await readBack(session)).toEqual(filled);
});

testArdourWindow("what install renews is what the keys run then", LIMIT, async () => {
  const { desk, freshArdour, home, session } = await stage();
  const scripts = temporaryFolder();
  for (const name of readdirSync(ACTIONS)) {
    const [head = ""] = readFileSync(join(ACTIONS, name), "utf8").split("\n\n");
    writeFileSync(join(scripts, name), `${head}\n${OLD_FACTORY}`);
  }
  await configure(session, scripts);
  const env = { ...session.env, CONTINUO_HOME: home };
  const { stdout, exitCode } = await finish(startCli(["install", "ardour"], { env }));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('renew Ardour\'s own copy of "Continuo: Fill"');
  await desk.daemon.stop();
  await startDaemon({ home });
  const ardour = await freshArdour({ isConfigured: true });
  const before = await ardour.notes("Lead-1");
  await ardour.select("Lead-1");
  await ardour.run("fill");
  expect(await ardour.notes("Lead-1")).not.toEqual(before);
  await ardour.quit();
});

/** `continuo ARGS` with this home. */
async function runOnce(home: string, args: string[]): Promise<void> {
  const env = { ...process.env, CONTINUO_HOME: home };
  await finish(spawn(process.execPath, [PROGRAM, ...args], { env }));
}

/** A Node where this machine's is not: it writes down what it was started with. */
function standIn(home: string): string {
  writeFileSync(
    `${home}/node`,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${home}/started.tmp'\nmv '${home}/started.tmp' '${home}/started'\n`,
    {
      mode: 0o755,
    },
  );
  return `${home}/node`;
}

/** Do outside what the stand-in was started for. */
async function startFor(home: string): Promise<void> {
  const started = await until(
    "a started program",
    () => existsSync(`${home}/started`) && readFileSync(`${home}/started`, "utf8"),
  );
  const [program, ...args] = started.trimEnd().split("\n");
  expect(program).toBe(resolve(PROGRAM));
  await runOnce(home, args);
}

const addNote = (name: string, quarter: number) => `
local of_route = Session:get_tracks() for route in of_route:iter() do
  local of_each = route:to_track():playlist():region_list() for each in of_each:iter() do
    if each:name() == "${name}" then
      local model = each:to_midiregion():model()
      local command = model:new_note_diff_command("by hand")
      command:add(ARDOUR.LuaAPI.new_noteptr(0, Temporal.Beats(${quarter}, 960), Temporal.Beats(0, ${QUARTER / 4}), 100, 99))
      model:apply_command(Session, command)
    end
  end
end`;

/** What docs/hosts/ardour.md says of it. */
function report(runs: Run[], answers: Record<string, unknown>[]): void {
  const folder = resolve("artifacts/ardour");
  mkdirSync(folder, { recursive: true });
  const daemonMs = answers.map(({ result }) =>
    Number((result as { timings?: { totalMs?: number } }).timings?.totalMs),
  );
  const figures = {
    keyToNotesMs: middle(runs.map(({ keyMs }) => keyMs)),
    scriptMs: middle(runs.map(({ scriptMs }) => scriptMs)),
    daemonMs: middle(daemonMs),
    longestPauseMs: Math.max(...runs.map(({ pauseMs }) => pauseMs)),
    runs,
  };
  writeFileSync(`${folder}/figures-${ardourVersion}.json`, `${JSON.stringify(figures, null, 2)}\n`);
}
