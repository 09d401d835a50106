/**
 * REAPER: bars that are sent to the piano roll and come back.
 */
import { expect, test } from "vitest";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { until } from "../../e2e/support/wait.ts";
import { onEachLua } from "../shared/lua.ts";
import { startDesk } from "../support/musician.ts";
import { inside, outside, song } from "./support/projects.ts";
import { FakeReaper, type State } from "./support/reaper.ts";
import { greet, scriptedDaemon } from "./support/scripted-daemon.ts";

const BAR = 4 * 960;
const ADDRESS = "http://127.0.0.1:9/page#ticket";
const OPENED = `job j1 running\nprogress 0.000 0 0 0\nurl ${ADDRESS}\nEND\n`;
const WAITING = "job j1 running\nprogress 0.000 0 0 0\nEND\n";
const CANCELLED = "job j1 cancelled\nprogress 0.000 0 0 0\nerror CANCELLED it was cancelled\nEND\n";
/** All that bar 5 shall hold. */
const BACK =
  "job j1 done\nprogress 1.000 1 1 0\ncandidate 0 2 1\nnote 15360 480 60 70 0\nnote 15400 300 91 44 3\nEND\n";
const notesOf = (state: State) => state.tracks[0]?.items[0]?.notes ?? [];

/** A daemon in whose piano roll the musician is at work until `end` is called. */
async function open(lua: string) {
  let ended: string | undefined;
  const daemon = scriptedDaemon((message) => {
    if (message.method === "roll/ask") return OPENED;
    if (message.method === "fill/cancel") return CANCELLED;
    return message.method === "fill/get" ? (ended ?? WAITING) : greet(message);
  });
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(song());
  await reaper.selectTime(16, 20);
  const end = (text: string) => {
    ended = text;
  };
  return { daemon, reaper, end };
}

onEachLua("REAPER's piano roll", (lua) => {
  test("gives the notes back as one undo step; those that are the same stay as they are", async () => {
    const { daemon, reaper, end } = await open(lua);
    const before = await reaper.state();
    await reaper.start("Fill in the roll");
    const looks = () => daemon.messages.filter(({ method }) => method === "fill/get").length;
    await reaper.tickUntil("a second look", () => looks() >= 2);
    end(BACK);
    const after = await reaper.finish();
    expect([after.said, after.asked, after.errors]).toEqual([[], [], []]);
    expect(after.undo).toEqual(["Continuo: bar 5 from the roll"]);
    expect(outside(notesOf(after), 4 * BAR, 5 * BAR)).toEqual(outside(notesOf(before), 4 * BAR, 5 * BAR));
    const [first] = inside(notesOf(before), 4 * BAR, 5 * BAR);
    expect(inside(notesOf(after), 4 * BAR, 5 * BAR)).toEqual([first, [15_400, 15_700, 91, 44, 3, ""]]);
    await reaper.undo();
    expect((await reaper.state()).tracks).toEqual(before.tracks);
    const ask = daemon.messages.find(({ method }) => method === "roll/ask");
    expect(ask?.params.title).toBe("Flöte 🎶, bar 5");
    const { region } = fillRequestSchema.parse(ask?.params.request);
    expect([region.startTick, region.endTick]).toEqual([4 * BAR, 5 * BAR]);
    expect(after.toggled).toEqual([1, 0]);
  });

  test("has a window while it waits; Escape gives up, and a click tells the address", async () => {
    const { daemon, reaper } = await open(lua);
    await reaper.start("Fill in the roll");
    // The window opens when a fill would long be done.
    const waiting = await reaper.tickUntil(
      "its window",
      ({ drawn }) => drawn[0]?.startsWith("Waiting") === true,
    );
    expect(waiting.drawn).toEqual([
      "Waiting for the piano roll... (Esc ends it)",
      "No browser? Click here for the address.",
    ]);
    await reaper.eval("local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = 60, 52, 1");
    for (let tick = 0; tick < 3; tick += 1) await reaper.tick();
    expect((await reaper.state()).console).toEqual([`Continuo: the piano roll is at ${ADDRESS}\n`]);
    await reaper.eval("project.gfx.char = 27");
    const state = await reaper.finish();
    expect([state.said, state.window]).toEqual([["Cancelled. Nothing was changed."], "closed"]);
    expect(daemon.messages.at(-1)).toMatchObject({ method: "fill/cancel", params: { jobId: "j1" } });
    expect(state.undo).toEqual([]);
  });

  test("is a button of the panel, which tells when the bars are given back", async () => {
    const { reaper, end } = await open(lua);
    await reaper.start("Panel");
    await reaper.eval("local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = 47, 65, 1");
    await reaper.tick();
    await reaper.eval("project.gfx.mouse_cap = 0");
    const waiting = await reaper.tickUntil(
      "the address",
      ({ drawn }) => drawn.at(-1)?.startsWith("No b") === true,
    );
    expect(waiting.drawn.at(-2)).toBe("Waiting for the piano roll...");
    end(CANCELLED);
    const state = await reaper.tickUntil("the end", ({ said }) => said.length > 0);
    expect(state.said).toEqual(["The piano roll returned the bars unchanged. Nothing was changed."]);
    expect(state.drawn.at(-1)).toBe("Cancel");
  });

  test("has its address as a text in the panel by ReaImGui", async () => {
    const { reaper, end } = await open(lua);
    await reaper.eval("project.imgui = { is_open = true, pressed = 'Roll...' }");
    await reaper.start("Panel");
    await until("the address", async () => {
      await reaper.tick();
      return (await reaper.eval("return project.imgui.address or ''")) === `No browser? ${ADDRESS}`;
    });
    end(BACK);
    await reaper.tickUntil("the notes", ({ undo }) => undo.length === 1);
    await reaper.tick();
    expect(await reaper.eval("return project.imgui.address == nil")).toBe(true);
    expect((await reaper.state()).undo).toEqual(["Continuo: bar 5 from the roll"]);
  });

  test.each(["the watched folder", "curl"])("by %s from the real daemon", async (way) => {
    const desk = await startDesk(way === "curl" ? { folder: "" } : {});
    const reaper = new FakeReaper(lua, desk.daemon.home);
    await reaper.open(song());
    await reaper.selectTime(16, 20);
    const before = await reaper.state();
    const running = reaper.run("Fill in the roll");
    const asked = await desk.asked();
    expect([asked.title, asked.host, asked.notes.length]).toEqual(["Flöte 🎶, bar 5", "reaper", 8]);
    await until("the address", async () => (await reaper.state()).drawn[1]?.startsWith("No browser?"));
    const note = { startTick: 15_400, durationTicks: 300, pitch: 91, velocity: 44, channel: 3 };
    await asked.change(asked.notes.slice(1), [note]);
    await asked.sendBack();
    const after = await running;
    expect([after.said, after.errors]).toEqual([[], []]);
    expect(after.undo).toEqual(["Continuo: bar 5 from the roll"]);
    const [first] = inside(notesOf(before), 4 * BAR, 5 * BAR);
    expect(inside(notesOf(after), 4 * BAR, 5 * BAR)).toEqual([first, [15_400, 15_700, 91, 44, 3, ""]]);
    expect(desk.opened()).toHaveLength(1);
  });
});
