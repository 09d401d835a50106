/**
 * Runs the shipped actions in Ardour without a window, and reads the result in another process.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACTIONS, runScript } from "./ardour.ts";
import type { SessionFolder } from "./session.ts";

export type Action = "fill" | "fill_again" | "continue" | "vary" | "humanize" | "roll" | "keep" | "settings";
/** Start, duration (ticks from the source's begin), pitch, velocity, channel, release velocity. */
export type FullNote = [number, number, number, number, number, number];

export interface Step {
  action: Action;
  /** Names of selected regions. */
  regions?: string[];
  /** Selected time, on these tracks. */
  range?: [number, number];
  tracks?: string[];
  /** Regions whose notes are told after it. */
  show?: string[];
  /** What the musician says to questions. */
  answer?: "yes" | "no";
  /** Cancel at this turn of the progress window. */
  cancel?: number;
  /** Cancel when the progress window shows this much or more, 0-1. */
  cancelFrom?: number;
  /** Samples a pixel of the view. */
  zoom?: number;
  /** A note that the musician writes while the daemon fills. */
  meanwhile?: { region: string; note: [number, number, number, number] };
  /** Press the key again at this turn of the progress window. */
  second?: number;
  settings?: Record<string, unknown>;
  /** Without io and os. */
  sandbox?: boolean;
}

export interface StepResult {
  /** What a window told for a while. */
  messages: string[];
  /** What Ardour's log was told; messages go there too. */
  hints: string[];
  questions: string[];
  /** What the progress window showed; titles of the settings. */
  texts: string[];
  notes: Record<string, FullNote[]>;
  milliseconds: number;
}

/** Run actions one after the other, then save. */
export async function play(session: SessionFolder, home: string, steps: Step[]): Promise<StepResult[]> {
  const out = join(session.user, "played.json");
  const plan = join(session.user, "plan.json");
  const full = steps.map((step) => ({ ...step, action: join(ACTIONS, `continuo_${step.action}.lua`) }));
  writeFileSync(plan, JSON.stringify({ folder: session.folder, name: session.name, out, steps: full }));
  await runScript("play.lua", [plan], { ...session.env, CONTINUO_HOME: home });
  return JSON.parse(readFileSync(out, "utf8"));
}

/** One action. */
export async function playOne(session: SessionFolder, home: string, step: Step): Promise<StepResult> {
  const [result] = await play(session, home, [step]);
  if (result === undefined) throw new Error("nothing was played");
  return result;
}

/** Notes of each region by its name, as a new process of Ardour finds them in the saved session. */
export async function readBack(session: SessionFolder): Promise<Record<string, FullNote[]>> {
  const out = join(session.user, "read.json");
  await runScript("read.lua", [session.folder, session.name, out], session.env);
  const tracks: { regions: { name: string; notes: FullNote[] }[] }[] = JSON.parse(readFileSync(out, "utf8"));
  return Object.fromEntries(
    tracks.flatMap(({ regions }) => regions.map(({ name, notes }) => [name, notes.sort(byTime)])),
  );
}

export const byTime = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};
