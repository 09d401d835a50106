/**
 * Clips to fill, and checks of what a fill may change in them.
 */
import { expect } from "vitest";
import { type DaemonOptions, startDaemon, type TestDaemon } from "../../../e2e/support/daemon.ts";
import { Bitwig, type BitwigOptions } from "./bitwig.ts";
import type { ClipModel, ModelNote } from "./clip-model.ts";
import { Project } from "./project.ts";

export const FILLED = /Filled /;

const STEPS = [0, 4, 7, 12, 11, 7, 4, 2];

/** Eighths from one quarter to another, with what the script must not touch. */
export function eighths(from: number, to: number, lowest = 60): Partial<ModelNote>[] {
  return Array.from({ length: Math.round((to - from) * 2) }, (_, index) => ({
    start: from + index / 2,
    duration: 0.5,
    pitch: lowest + (STEPS[index % STEPS.length] ?? 0),
    velocity: (70 + (index % 4) * 5) / 127,
    chance: 0.25,
  }));
}

/** A project with a daemon that runs. */
export async function open(
  arrange: (project: Project) => void,
  options: BitwigOptions & { daemon?: DaemonOptions } = {},
): Promise<{ bitwig: Bitwig; daemon: TestDaemon; project: Project }> {
  const daemon = await startDaemon(options.daemon);
  const project = options.project ?? new Project();
  arrange(project);
  const bitwig = new Bitwig({ ...options, project, home: daemon.home });
  bitwig.panel.set("Seed", 7);
  return { bitwig, daemon, project };
}

export function setBars(bitwig: Bitwig, first: number, last: number): void {
  bitwig.panel.set("Region", "Bars");
  bitwig.panel.set("From bar", first);
  bitwig.panel.set("To bar", last);
}

export function inPlace(bitwig: Bitwig): void {
  bitwig.panel.set("Write launcher clips into", "This clip");
}

export function within(notes: readonly ModelNote[], from: number, to: number): ModelNote[] {
  return notes.filter(({ start }) => start >= from && start < to);
}

export function sorted(notes: readonly ModelNote[]): ModelNote[] {
  return [...notes].sort((a, b) => a.start - b.start || a.pitch - b.pitch || a.channel - b.channel);
}

/** Everything outside [from, to) is as it was, in every property; inside there are notes that end inside. */
export function expectFilled(clip: ClipModel, before: readonly ModelNote[], from: number, to: number): void {
  const outside = (notes: readonly ModelNote[]) =>
    sorted(notes.filter(({ start }) => start < from || start >= to));
  expect(outside(clip.notes)).toEqual(outside(before));
  expect(clip.damaged).toBe(0);
  const inside = within(clip.notes, from, to);
  expect(inside.length).toBeGreaterThan(0);
  for (const { start, duration } of inside) expect(start + duration).toBeLessThanOrEqual(to + 1e-9);
  expect(sorted(clip.notes)).not.toEqual(sorted(before));
}

/** As a text, to compare: where, what, how long, how loud. */
export function shape(notes: readonly ModelNote[]): string[] {
  return sorted(notes).map(({ start, pitch, channel, duration, velocity }) =>
    [Math.round(start * 48), pitch, channel, Math.round(duration * 48), Math.round(velocity * 127)].join(" "),
  );
}

/** The only clip of the arguments, which must be there. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("it is not there");
  return value;
}

interface SentNote {
  startTick: number;
  durationTicks: number;
  pitch: number;
  velocity: number;
  channel: number;
}

/** What fill/start asked for. */
export interface SentRequest {
  ppq: number;
  tempoMap: { tick: number; qpm: number }[];
  timeSignatures: { tick: number; numerator: number; denominator: number }[];
  tracks: { id: string; name: string; isDrums?: boolean; notes: SentNote[] }[];
  region: { startTick: number; endTick: number };
  mode: string;
  controls: Record<string, unknown>;
  sampling: Record<string, unknown>;
  lockedNotes: SentNote[];
  model?: string;
}

export function sentRequests(bitwig: Bitwig): SentRequest[] {
  return bitwig.requests("fill/start").map(({ request }) => request as SentRequest);
}
