/**
 * Ardour's window on a screen, with Continuo's actions bound to keys, started from a fresh user folder.
 */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../../e2e/support/wait.ts";
import { ACTIONS, ardourMajor, commandOf, fullVersion, runScript, systemFile } from "./ardour.ts";
import type { Action, FullNote } from "./headless.ts";
import { byTime } from "./headless.ts";
import { end, openScreen, type Screen } from "./screen.ts";
import type { SessionFolder } from "./session.ts";

/** Keys that Ardour itself leaves free. */
export const KEYS: Record<Action, string> = {
  fill: "ctrl+shift+F7",
  fill_again: "ctrl+shift+F8",
  continue: "ctrl+shift+F9",
  vary: "ctrl+shift+F10",
  keep: "ctrl+shift+F11",
  settings: "ctrl+shift+F12",
  roll: "ctrl+shift+F6",
  humanize: "ctrl+shift+F5",
};

export interface Ardour {
  screen: Screen;
  /** Run Lua in its window; gives what it returns, as text. */
  lua(source: string): Promise<string>;
  select(...regions: string[]): Promise<void>;
  /** Select nothing, by a key. */
  deselect(): Promise<void>;
  /** What a region holds by now. */
  notes(region: string): Promise<FullNote[]>;
  /** Press an action's key, and wait for its end; gives its line of the trace. */
  run(action: Action): Promise<Run>;
  press(action: Action): Promise<void>;
  /** Wait for the end of an action that was begun by `press`. */
  ended(): Promise<Run>;
  isAlive(): boolean;
  /** Wait until a region holds these notes. */
  holds(region: string, notes: FullNote[]): Promise<void>;
  quit(): Promise<void>;
  stop(): Promise<void>;
}

export interface Run {
  /** From the key until its notes were written. */
  keyMs: number;
  scriptMs: number;
  /** The longest time in which Ardour did nothing else. */
  pauseMs: number;
}

/** @param isConfigured  whether the user's folder is as `configure` left it, or later */
export async function openArdour(
  session: SessionFolder,
  home: string,
  { isConfigured = false } = {},
): Promise<Ardour> {
  const trace = join(session.user, "trace.txt");
  const hook = join(session.user, "hook");
  writeFileSync(trace, "");
  const env = { ...session.env, CONTINUO_HOME: home, CONTINUO_TRACE: trace, CONTINUO_TEST_HOOK: hook };
  if (!isConfigured) await configure(session);
  const screen = await openScreen(env);
  const log = join(session.user, "ardour.log");
  const [program, ...args] = commandOf("ardour", [
    "-a",
    "-n",
    join(session.folder, `${session.name}.ardour`),
  ]);
  const child = spawn(program, args, {
    env: { ...env, DISPLAY: screen.display },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => appendFileSync(log, data));
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    await end(child);
    await screen.stop();
  };
  const lua = async (source: string) => {
    rmSync(`${hook}.out`, { force: true });
    writeFileSync(`${hook}.new`, source);
    renameSync(`${hook}.new`, `${hook}.lua`);
    await until("an answer of Ardour", () => existsSync(`${hook}.out`) || !isAlive());
    const text = readFileSync(`${hook}.out`, "utf8");
    if (!text.startsWith("good ")) throw new Error(text);
    return text.slice(5);
  };
  let pressedAt = 0;
  let seen = 0;
  const press = async (action: Action) => {
    pressedAt = performance.now();
    await screen.key(KEYS[action]);
  };
  const ended = async () => {
    const isTraced = () => {
      if (!isAlive()) throw new Error(`Ardour ended: ${readFileSync(log, "utf8").slice(-2000)}`);
      return readFileSync(trace, "utf8").split("\n").slice(0, -1)[seen];
    };
    const line = await until("the action's end", isTraced).catch(async (error) => {
      await screen.screenshot("stuck");
      throw error;
    });
    seen++;
    const [, script, pause] = line.match(/ ([\d.]+) ms, longest pause ([\d.]+) ms/) ?? [];
    return { keyMs: performance.now() - pressedAt, scriptMs: Number(script), pauseMs: Number(pause) };
  };
  try {
    const title = `${session.name} - Ardour`;
    await until("Ardour's window", async () => !isAlive() || (await screen.windows(title))[0]);
    await lua("return 1");
    await screen.xdotool("windowactivate", "--sync", await screen.window(title));
  } catch (error) {
    await screen.screenshot("failed").catch(() => {});
    await stop();
    throw new Error(`Ardour did not start: ${existsSync(log) ? readFileSync(log, "utf8") : ""}`, {
      cause: error,
    });
  }
  const selected = async () => Number(await lua("return Editor:get_selection().regions:n_midi_regions()"));
  const notes = async (region: string) => JSON.parse(await lua(notesOf(region))).sort(byTime);
  return {
    screen,
    lua,
    press,
    ended,
    stop,
    isAlive,
    notes,
    holds: (region, wanted) =>
      until(`the notes of ${region}`, async () => isDeepStrictEqual(await notes(region), wanted)).then(
        () => {},
      ),
    run: async (action) => {
      await press(action);
      return ended();
    },
    select: async (...regions) => {
      // What was asked of the view before may still clear it.
      await until("the selection", async () => {
        await lua(selectRegions(regions));
        return (await selected()) === regions.length;
      });
    },
    deselect: async () => {
      await screen.key("Escape");
      const isNone = "return Editor:get_selection().time:end_sample() == 0";
      await until("no selection", async () => (await selected()) === 0 && (await lua(isNone)) === "true");
    },
    quit: async () => {
      await lua('Session:save_state("")');
      await screen.key("ctrl+q");
      await until("Ardour's end", () => !isAlive());
      await screen.stop();
    },
  };
}

const eachRegion = (body: string) => `
local of_route = Session:get_tracks() for route in of_route:iter() do
  local of_region = route:to_track():playlist():region_list() for region in of_region:iter() do ${body} end
end`;

const selectRegions = (names: string[]) => `
local wanted, list = {}, ArdourUI.SelectionList()
for _, name in ipairs({ ${names.map((name) => JSON.stringify(name)).join(", ")} }) do wanted[name] = true end
${eachRegion("if wanted[region:name()] then list:push_back(Editor:regionview_from_region(region)) end")}
Editor:set_selection(list, ArdourUI.SelectionOp.Set)`;

const notesOf = (name: string) => `
local function ticks(beats)
  local quarters, rest = beats:str():match("^(-?%d+):(-?%d+)$")
  return tonumber(quarters) * 1920 + tonumber(rest)
end
local found = {}
${eachRegion(`if region:name() == ${JSON.stringify(name)} then
  local of_note = ARDOUR.LuaAPI.note_list(region:to_midiregion():model()) for note in of_note:iter() do
    found[#found + 1] = string.format("[%d,%d,%d,%d,%d,%d]", ticks(note:time()), ticks(note:length()), note:note(),
      note:velocity(), note:channel(), note:off_velocity())
  end
end`)}
return "[" .. table.concat(found, ",") .. "]"`;

/** Where Ardour keeps what the user set. */
export function configFolder(session: SessionFolder): string {
  return join(session.user, `.config/ardour${ardourMajor}`);
}

/**
 * What a first start would ask, and what a musician would set in Script Manager and Keyboard Shortcuts.
 * @param scripts  the folder of the actions
 */
export async function configure(session: SessionFolder, scripts = ACTIONS): Promise<void> {
  const folder = configFolder(session);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `.a${ardourMajor}`), "");
  writeFileSync(
    join(folder, "config"),
    `<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="try-autostart-engine" value="1"/>
    <Option name="hide-dummy-backend" value="0"/>
  </Config>
  <Extra>
    <AudioMIDISetup><EngineStates>
      <State backend="None (Dummy)" driver="Normal Speed" device="Silence" input-device="" output-device="" sample-rate="48000" buffer-size="1024" n-periods="0" input-latency="0" output-latency="0" lm-input="" lm-output="" active="1" use-buffered-io="0" midi-option="1 in, 1 out, Silence" lru="1"><MIDIDevices/></State>
    </EngineStates></AudioMIDISetup>
  </Extra>
</Ardour>
`,
  );
  // Else a window warns of how much memory may be locked here.
  writeFileSync(join(folder, "instant.xml"), "<instant><no-memory-warning/></instant>\n");
  const actions = Object.keys(KEYS) as Action[];
  const bindings = actions.map((action, index) => {
    const key = KEYS[action].replace("ctrl+shift+", "Primary-Tertiary-");
    return `<Binding key="${key}" action="LuaAction/script-${index + 1}"/>`;
  });
  const system = systemFile(`/etc/ardour${ardourMajor}/ardour.keys`);
  const keys = readFileSync(system, "utf8").replace(
    /(<Bindings name="Editor">\s*<Press>)/,
    `$1${bindings.join("")}`,
  );
  writeFileSync(join(folder, `ardour-${fullVersion()}.keys`), keys);
  const files = actions.map((action) => join(scripts, `continuo_${action}.lua`));
  const args = [join(folder, "ui_scripts"), ...files, resolve("test/host/ardour/lua/hook.lua")];
  await runScript("bind.lua", args, session.env);
}
