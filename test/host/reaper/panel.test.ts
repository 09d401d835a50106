/**
 * REAPER: the panel of buttons and the settings dialog.
 */
import { expect, test } from "vitest";
import { until } from "../../e2e/support/wait.ts";
import { onEachLua } from "../shared/lua.ts";
import { song } from "./support/projects.ts";
import { FakeReaper, type State } from "./support/reaper.ts";
import { greet, scriptedDaemon } from "./support/scripted-daemon.ts";

const DONE =
  "job j1 done\nprogress 1.000 1 1 0\ncandidate 0 1 1\nnote 15360 960 72 84 0\ncandidate 1 1 2\nnote 15360 960 71 84 0\nEND\n";
/** The middle of each button. */
const BUTTONS = {
  Fill: [47, 25],
  Again: [130, 25],
  Vary: [290, 25],
  Roll: [47, 65],
  Keep: [130, 65],
  Settings: [213, 65],
} as const;

async function openPanel(lua: string, answer = DONE) {
  const daemon = scriptedDaemon((message) => (message.method.startsWith("fill/") ? answer : greet(message)));
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(song());
  await reaper.selectTime(16, 20);
  await reaper.start("Panel");
  /** Click, and wait for what comes of it. */
  const press = async (button: keyof typeof BUTTONS, isDone: (state: State) => boolean) => {
    const [x, y] = BUTTONS[button];
    await reaper.eval(
      "local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = input[1], input[2], 1",
      [x, y],
    );
    await reaper.tick();
    await reaper.eval("project.gfx.mouse_cap = 0");
    return await reaper.tickUntil(button, isDone);
  };
  return { daemon, reaper, press };
}

onEachLua("REAPER's panel", (lua) => {
  test("fills, offers the next candidate, keeps, and closes", async () => {
    const { reaper, press } = await openPanel(lua);
    expect((await reaper.state()).drawn).toEqual([
      "Fill",
      "Again",
      "Continue",
      "Vary",
      "Roll...",
      "Keep",
      "Settings",
      "Cancel",
    ]);
    await press("Fill", ({ undo }) => undo.length === 1);
    const again = await press("Again", ({ undo }) => undo.length === 2);
    expect(again.undo).toEqual(["Continuo: fill bar 5", "Continuo: next candidate for bar 5"]);
    expect((await press("Keep", ({ said }) => said.length > 0)).said).toEqual([
      "Notes that later fills keep: 1",
    ]);
    await reaper.eval("project.gfx.char = -1");
    const state = await reaper.finish();
    expect([state.window, state.errors]).toEqual(["closed", []]);
  });

  test("a button that is held down presses once", async () => {
    const { daemon, reaper } = await openPanel(lua, "job j1 running\nprogress 0.500 1 0 0\nEND\n");
    await reaper.eval("local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = 47, 25, 1");
    await reaper.tickUntil("a fill", ({ drawn }) => drawn.at(-1) === "Filling bar 5");
    for (let tick = 0; tick < 40; tick += 1) await reaper.tick();
    const state = await reaper.state();
    expect(state.said).toEqual([]);
    expect(state.drawn.at(-1)).toBe("Filling bar 5");
    expect(daemon.messages.filter(({ method }) => method === "fill/start")).toHaveLength(1);
  });

  test("Escape ends a fill and leaves it open; a fill ends with it", async () => {
    const { daemon, reaper, press } = await openPanel(lua, "job j1 running\nprogress 0.500 1 0 0\nEND\n");
    const isFilling = () => daemon.messages.at(-1)?.method === "fill/get";
    await press("Fill", isFilling);
    await reaper.eval("project.gfx.char = 27");
    const state = await reaper.tickUntil("the end", ({ said }) => said.length > 0);
    expect([state.said, state.window]).toEqual([["Cancelled. Nothing was changed."], "open"]);
    await reaper.eval("project.gfx.char = 0");
    await press("Vary", isFilling);
    await reaper.eval("project.gfx.char = -1");
    await reaper.finish();
    await until(
      "both fills' ends",
      () => daemon.messages.filter(({ method }) => method === "fill/cancel").length === 2,
    );
    expect(await reaper.eval("return next(project.ext) == nil")).toBe(true);
  });
});

onEachLua("the panel's key", (lua) => {
  test("pressed again closes the panel, as REAPER 7 can", async () => {
    const { reaper } = await openPanel(lua);
    await reaper.start("Panel");
    const isReaper7 = lua === "lua5.4";
    const state = await reaper.state();
    expect([state.window, state.taskControl]).toEqual(isReaper7 ? ["closed", 0] : ["open", 1]);
    expect(state.errors).toEqual([]);
  });
});

onEachLua("REAPER's panel by ReaImGui", (lua) => {
  const RUNNING = "job j1 running\nprogress 0.500 1 0 0\nEND\n";
  async function openImGui(answer: string) {
    const daemon = scriptedDaemon(({ method, ...message }) =>
      method.startsWith("fill/") ? answer : greet({ method, ...message }),
    );
    const reaper = new FakeReaper(lua, daemon.home);
    await reaper.open(song());
    await reaper.selectTime(16, 20);
    await reaper.eval("project.imgui = { is_open = true }");
    await reaper.start("Panel");
    return { daemon, reaper };
  }

  test("has the same buttons, which do the same", async () => {
    const { reaper } = await openImGui(DONE);
    const first = await reaper.state();
    expect(first.drawn).toEqual([
      "Fill",
      "Again",
      "Continue",
      "Vary",
      "Roll...",
      "Keep",
      "Settings",
      "Cancel",
    ]);
    // REAPER's own window stays shut.
    expect(first.window).not.toBe("open");
    for (const [index, button] of ["Fill", "Again"].entries()) {
      await reaper.eval("project.imgui.pressed = input", button);
      await reaper.tickUntil(button, ({ undo }) => undo.length === index + 1);
    }
    await reaper.eval("project.imgui.is_open = false");
    const state = await reaper.finish();
    expect(state.undo).toEqual(["Continuo: fill bar 5", "Continuo: next candidate for bar 5"]);
    expect([state.said, state.errors]).toEqual([[], []]);
  });

  test("shows how far a fill is; Escape ends it; folded up, it goes on", async () => {
    const { daemon, reaper } = await openImGui(RUNNING);
    await reaper.eval("project.imgui.pressed = 'Fill'");
    await until("half of it", async () => {
      await reaper.tick();
      return (await reaper.eval("return project.imgui.progress or ''")) === "0.50 Filling bar 5";
    });
    await reaper.eval("project.imgui.is_hidden = true");
    for (let tick = 0; tick < 10; tick += 1) await reaper.tick();
    expect((await reaper.state()).errors).toEqual([]);
    await reaper.eval("project.imgui.is_hidden, project.imgui.is_escape = false, true");
    const ended = await reaper.tickUntil("the end", ({ said }) => said.length > 0);
    expect(ended.said).toEqual(["Cancelled. Nothing was changed."]);
    await reaper.tick();
    expect(daemon.messages.filter(({ method }) => method === "fill/cancel")).toHaveLength(1);
    expect(await reaper.eval("return project.imgui.progress == nil")).toBe(true);
  });
});

onEachLua("REAPER's settings", (lua) => {
  test("are shown as they are, cleaned as they come, and stay with the project", async () => {
    const { reaper, press } = await openPanel(lua);
    await reaper.eval(
      "project.input_answers = { input }",
      " 99, x ,60,50,D dorian,swing,0.333,2,99,infill-s",
    );
    await press("Settings", ({ inputs }) => inputs.length === 1);
    const state = await press("Settings", ({ inputs }) => inputs.length === 2);
    expect(state.inputs.map(({ values }) => values)).toEqual([
      "0,0,0,127,,free,0.5,0.5,4,",
      "10,0,50,60,D dorian,free,0.33,1,16,infill-s",
    ]);
    const captions = state.inputs[0]?.captions.split(",") ?? [];
    expect(captions).toHaveLength(11);
    expect(captions.at(-1)).toBe("extrawidth=160");
    expect(await reaper.eval("return project.dirty")).toBe(true);
  });

  test("are as before where the dialog is left", async () => {
    const { reaper, press } = await openPanel(lua);
    await press("Settings", ({ inputs }) => inputs.length === 1);
    expect(await reaper.eval("return next(project.project_ext) == nil")).toBe(true);
  });
});
