/**
 * Runs the built scripts in a simulated REAPER, a process with a real Lua.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { PATIENT_MS, until } from "../../../e2e/support/wait.ts";

const FAKE = join(import.meta.dirname, "../fake");
const SOURCES = "plugin-host-script";
export const SCRIPTS = join("dist", "hosts", "reaper");
/** REAPER's timer ticks 30 times a second; here faster. */
const TICK_MS = 8;

/** Sections of the action list. */
const MAIN = 0;
export const MIDI_EDITOR = 32_060;

/** Start, end, pitch, velocity, channel, and "muted" or "selected"; in the take's ticks. */
export type FakeNote = [number, number, number, number?, number?, ("muted" | "selected" | "")?];

export interface FakeItem {
  /** Quarter notes of the project. */
  start: number;
  length: number;
  ppq?: number;
  /** Of the source that is left out at the item's start, in quarter notes. */
  offset?: number;
  /** The source's length in quarter notes; the item's where left out. */
  source?: number;
  loop?: boolean;
  rate?: number;
  mute?: boolean;
  lock?: boolean;
  selected?: boolean;
  is_midi?: boolean;
  /** Whether the item's lane plays; "hidden": a lane of a track that had fixed lanes once. */
  plays?: boolean | "hidden";
  /** Items of the same pool share the notes of the first. */
  pool?: string;
  notes?: FakeNote[];
  /** Position, kind (0xC0: program), channel, value. */
  events?: number[][];
}

export interface FakeTrack {
  name: string;
  mute?: boolean;
  selected?: boolean;
  lanes?: boolean;
  /** The folder's track, from 1. */
  parent?: number;
  items?: FakeItem[];
}

export interface FakeProject {
  bpm: number;
  numerator: number;
  denominator: number;
  /** Of the project's settings: what its first measure is called. */
  startMeasure?: number;
  markers?: { quarters: number; bpm: number; numerator?: number; denominator?: number; ramp?: boolean }[];
  tracks: FakeTrack[];
}

const texts = z.array(z.string());
const noteSchema = z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.string()]);
const stateSchema = z.object({
  tracks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      items: z.array(
        z.object({ start: z.number(), stop: z.number(), take: z.string(), notes: z.array(noteSchema) }),
      ),
    }),
  ),
  undo: texts,
  /** What was told, in the help line and elsewhere. */
  said: texts,
  asked: texts,
  errors: texts,
  executed: texts,
  console: texts,
  /** Of the console, which was not opened for it. */
  logged: texts,
  tooltip: z.string(),
  /** How often REAPER asked what to do with a script that was started while it runs. */
  taskControl: z.int(),
  drawn: texts,
  toggled: z.array(z.int()),
  window: z.string(),
  inputs: z.array(z.object({ captions: z.string(), values: z.string() })),
});
export type State = z.infer<typeof stateSchema>;
export type StateNote = z.infer<typeof noteSchema>;
const answerSchema = z.object({ result: z.unknown(), error: z.string().optional() });

export class FakeReaper {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((line: string) => void)[] = [];
  private complaints = "";

  constructor(lua: string, home: string) {
    this.child = spawn(lua, [join(FAKE, "driver.lua"), SOURCES, FAKE], {
      env: { ...process.env, CONTINUO_HOME: home },
    });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.(line));
    this.child.stderr.setEncoding("utf8").on("data", (text) => {
      this.complaints += text;
    });
    this.child.on("close", () => {
      for (const answer of this.waiting) answer(JSON.stringify({ error: `it ended: ${this.complaints}` }));
    });
    onTestFinished(() => {
      this.child.kill();
    });
  }

  private async call(op: string, more: object = {}): Promise<unknown> {
    const line = new Promise<string>((resolve) => this.waiting.push(resolve));
    this.child.stdin.write(`${JSON.stringify({ op, ...more })}\n`);
    const { result, error } = answerSchema.parse(JSON.parse(await line));
    if (error !== undefined) throw new Error(error);
    return result;
  }

  open(project: FakeProject): Promise<unknown> {
    return this.call("open", project);
  }

  /** Start a script, as a key or a menu does. @param section  of the action list */
  start(title: string, section = MAIN): Promise<unknown> {
    return this.call("run", { path: join(SCRIPTS, `Continuo - ${title}.lua`), section });
  }

  /** @returns how many scripts go on */
  async tick(): Promise<number> {
    return z.int().parse(await this.call("tick"));
  }

  /** Start a script and let it come to its end. */
  async run(
    title: string,
    meanwhile?: (ticks: number) => Promise<unknown> | undefined,
    section = MAIN,
  ): Promise<State> {
    await this.start(title, section);
    return this.finish(meanwhile);
  }

  /** Let scripts go on until something is so. */
  async tickUntil(what: string, isSo: (state: State) => boolean): Promise<State> {
    return await until(what, async () => {
      await this.tick();
      const state = await this.state();
      return isSo(state) && state;
    });
  }

  async finish(meanwhile?: (ticks: number) => Promise<unknown> | undefined): Promise<State> {
    const end = performance.now() + PATIENT_MS;
    for (let ticks = 0; (await this.tick()) > 0; ticks += 1) {
      if (performance.now() > end) throw new Error("the script does not end");
      await meanwhile?.(ticks);
      await sleep(TICK_MS);
    }
    return this.state();
  }

  async state(): Promise<State> {
    return stateSchema.parse(await this.call("state"));
  }

  /** Do something to the project, by a chunk that sees `project` and `input`. */
  eval(chunk: string, input: unknown = null): Promise<unknown> {
    return this.call("eval", { chunk, input });
  }

  kill(): Promise<unknown> {
    return this.call("kill");
  }

  undo(): Promise<unknown> {
    return this.eval("return project.do_undo()");
  }

  redo(): Promise<unknown> {
    return this.eval("return project.do_redo()");
  }

  /** A time selection, in quarter notes. */
  selectTime(start: number, stop: number): Promise<unknown> {
    return this.eval("project.time_selection = input", [start, stop]);
  }

  /** Open the take of a track's item in the MIDI editor; both from 1. */
  edit(track: number, item = 1): Promise<unknown> {
    return this.eval("project.editor = project.state.tracks[input[1]].items[input[2]].takes[1].id", [
      track,
      item,
    ]);
  }
}
