/**
 * REAPER's panel of buttons, and its dialog of settings.
 */
import { expect, test } from "vitest";
import { onEachLua } from "../shared/lua.ts";
import { song } from "./support/projects.ts";
import { FakeReaper } from "./support/reaper.ts";
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
  const press = async (button: keyof typeof BUTTONS, ticks = 60) => {
    const [x, y] = BUTTONS[button];
    await reaper.eval(
      "local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = input[1], input[2], 1",
      [x, y],
    );
    await reaper.tick();
    await reaper.eval("project.gfx.mouse_cap = 0");
    for (let tick = 0; tick < ticks; tick += 1) {
      await reaper.tick();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return reaper.state();
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
    await press("Fill");
    const again = await press("Again");
    expect(again.undo).toEqual(["Continuo: fill bar 5", "Continuo: next candidate for bar 5"]);
    expect((await press("Keep")).helped).toEqual(["Continuo: notes that later fills keep: 1"]);
    await reaper.eval("project.gfx.char = -1");
    const state = await reaper.finish();
    expect([state.window, state.said, state.errors]).toEqual(["closed", [], []]);
  });

  test("a button that is held down presses once", async () => {
    const { daemon, reaper } = await openPanel(lua, "job j1 running\nprogress 0.500 1 0 0\nEND\n");
    await reaper.eval("local gfx = project.gfx gfx.mouse_x, gfx.mouse_y, gfx.mouse_cap = 47, 25, 1");
    for (let tick = 0; tick < 40; tick += 1) {
      await reaper.tick();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const state = await reaper.state();
    expect(state.said).toEqual([]);
    expect(state.drawn.at(-1)).toBe("Filling bar 5");
    expect(daemon.messages.filter(({ method }) => method === "fill/start")).toHaveLength(1);
  });

  test("Escape ends a fill and leaves it open; a fill ends with it", async () => {
    const { daemon, reaper, press } = await openPanel(lua, "job j1 running\nprogress 0.500 1 0 0\nEND\n");
    await press("Fill");
    await reaper.eval("project.gfx.char = 27");
    for (let tick = 0; tick < 60; tick += 1) {
      await reaper.tick();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const state = await reaper.state();
    expect([state.said, state.window]).toEqual([["Cancelled. Nothing was changed."], "open"]);
    await reaper.eval("project.gfx.char = 0");
    await press("Vary");
    await reaper.eval("project.gfx.char = -1");
    await reaper.finish();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(daemon.messages.filter(({ method }) => method === "fill/cancel")).toHaveLength(2);
    expect(await reaper.eval("return next(project.ext) == nil")).toBe(true);
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
    const ticks = async (count: number) => {
      for (let tick = 0; tick < count; tick += 1) {
        await reaper.tick();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    return { daemon, reaper, ticks };
  }

  test("has the same buttons, which do the same", async () => {
    const { reaper, ticks } = await openImGui(DONE);
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
    for (const button of ["Fill", "Again"]) {
      await reaper.eval("project.imgui.pressed = input", button);
      await ticks(60);
    }
    await reaper.eval("project.imgui.is_open = false");
    const state = await reaper.finish();
    expect(state.undo).toEqual(["Continuo: fill bar 5", "Continuo: next candidate for bar 5"]);
    expect([state.said, state.errors]).toEqual([[], []]);
  });

  test("shows how far a fill is; Escape ends it; folded up, it goes on", async () => {
    const { daemon, reaper, ticks } = await openImGui(RUNNING);
    await reaper.eval("project.imgui.pressed = 'Fill'");
    await ticks(40);
    expect(await reaper.eval("return project.imgui.progress")).toBe("0.50 Filling bar 5");
    await reaper.eval("project.imgui.is_hidden = true");
    await ticks(10);
    expect((await reaper.state()).errors).toEqual([]);
    await reaper.eval("project.imgui.is_hidden, project.imgui.is_escape = false, true");
    await ticks(60);
    expect((await reaper.state()).said).toEqual(["Cancelled. Nothing was changed."]);
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
    await press("Settings");
    const state = await press("Settings");
    expect(state.inputs.map(({ values }) => values)).toEqual([
      "0,0,0,127,,free,1,0.5,4,",
      "10,0,50,60,D dorian,free,0.33,1,16,infill-s",
    ]);
    const captions = state.inputs[0]?.captions.split(",") ?? [];
    expect(captions).toHaveLength(11);
    expect(captions.at(-1)).toBe("extrawidth=160");
    expect(await reaper.eval("return project.dirty")).toBe(true);
  });

  test("are as before where the dialog is left", async () => {
    const { reaper, press } = await openPanel(lua);
    await press("Settings");
    expect(await reaper.eval("return next(project.project_ext) == nil")).toBe(true);
  });
});
