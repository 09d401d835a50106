/**
 * The promises of a fill, checked by readers that share no code with the product: @tonejs/midi, and an event
 * dump of our own.
 */
import { readFileSync } from "node:fs";
import toneMidi from "@tonejs/midi";
import { expect } from "vitest";
import type { FillAnswer } from "../../../bridge/engine/filled-file.ts";
import type { Note } from "../../../bridge/protocol/song.ts";
import { isNoteOf, readChunks, readEvents } from "./smf.ts";

export interface Fill {
  input: string;
  output: string;
  answer: FillAnswer;
}

interface TrackOfFile {
  chunk: number;
  channel: number;
}

/** (chunk, channel) of every track with notes, in file order, by our own reading. */
export function tracksOf(path: string): TrackOfFile[] {
  const tracks = readChunks(readFileSync(path)).filter(({ type }) => type === "MTrk");
  return tracks.flatMap(({ body }, chunk) => {
    const ons = readEvents(body).filter(({ hex }) => hex[0] === "9" && !hex.endsWith("00"));
    const channels = [...new Set(ons.map(({ hex }) => Number.parseInt(hex[1] ?? "0", 16)))];
    return channels.sort((a, b) => a - b).map((channel) => ({ chunk, channel }));
  });
}

/** All else is as before: other chunks byte for byte, other events of the chunk in their order. */
export function expectOutsideUntouched({
  input,
  output,
  answer,
}: Pick<Fill, "input" | "output"> & { answer: Pick<FillAnswer, "region"> }): void {
  const { track: number, startTick, endTick } = answer.region;
  const target = tracksOf(input)[number - 1];
  const [before, after] = [readChunks(readFileSync(input)), readChunks(readFileSync(output))];
  expect(after.map(({ type }) => type)).toEqual(before.map(({ type }) => type));
  let chunkIndex = -1;
  for (const [index, old] of before.entries()) {
    if (old.type === "MTrk") chunkIndex += 1;
    const now = after[index];
    if (now === undefined || target === undefined) throw new Error("the output lacks a chunk");
    if (old.type !== "MTrk" || chunkIndex !== target.chunk) {
      expect(now.body.equals(old.body)).toBe(true);
      continue;
    }
    const isOther = (event: { hex: string; tick: number }) =>
      !isNoteOf(event, target.channel) && !/^ff2f/.test(event.hex);
    expect(readEvents(now.body).filter(isOther)).toEqual(readEvents(old.body).filter(isOther));
    const outside = (notes: readonly SimpleNote[]) =>
      notes.filter((note) => note.startTick < startTick || note.startTick >= endTick);
    expect(outside(notesOf(now.body, target.channel))).toEqual(outside(notesOf(old.body, target.channel)));
  }
}

type SimpleNote = Omit<Note, "channel">;

/** Notes of a channel, an off ending the oldest on of its pitch. */
export function notesOf(body: Buffer, channel: number): SimpleNote[] {
  const sounding = new Map<number, SimpleNote[]>();
  const notes: SimpleNote[] = [];
  for (const event of readEvents(body)) {
    if (!isNoteOf(event, channel)) continue;
    const [status, pitch, velocity] = Buffer.from(event.hex, "hex");
    if (status === undefined || pitch === undefined || velocity === undefined) continue;
    const open = sounding.get(pitch) ?? [];
    sounding.set(pitch, open);
    if (status >> 4 === 9 && velocity > 0) {
      const note = { startTick: event.tick, durationTicks: 0, pitch, velocity };
      open.push(note);
      notes.push(note);
    } else {
      const note = open.shift();
      if (note !== undefined) note.durationTicks = event.tick - note.startTick;
    }
  }
  return notes.sort((a, b) => a.startTick - b.startTick || a.pitch - b.pitch);
}

/** The region holds the notes of the answer and those that were kept, as @tonejs/midi reads them. */
export function expectInsideAsAnswered({ input, output, answer }: Fill, candidate = 0, path = output): void {
  const { startTick, endTick, track: number } = answer.region;
  const inside = (file: string) => {
    const target = tracksOf(input)[number - 1];
    // @tonejs/midi splits chunks by channel too, but drops what has neither notes nor events.
    const tracks = new toneMidi.Midi(readFileSync(file)).tracks.filter(({ notes }) => notes.length > 0);
    const found = tracks.find(
      (_, index) =>
        index ===
        tracksOf(file).findIndex(
          ({ chunk, channel }) => chunk === target?.chunk && channel === target.channel,
        ),
    );
    const notes = found?.notes.filter(({ ticks }) => ticks >= startTick && ticks < endTick) ?? [];
    return notes
      .map(({ ticks, midi, durationTicks, velocity }) => [
        ticks,
        midi,
        durationTicks,
        Math.round(velocity * 127),
      ])
      .sort(byOnset);
  };
  const asRow = (note: Note) => [note.startTick, note.pitch, note.durationTicks, note.velocity];
  const removed = answer.removed.map((note) => JSON.stringify(asRow(note)));
  const kept = inside(input).filter((row) => !removed.includes(JSON.stringify(row)));
  const added = answer.candidates[candidate]?.notes.map(asRow) ?? [];
  expect(inside(path)).toEqual([...kept, ...added].sort(byOnset));
}

export function byOnset([a = 0, b = 0]: number[], [c = 0, d = 0]: number[]): number {
  return a - c || b - d;
}

/** Inside the region or as long as the last note that went, at least a tick long, no two of a pitch at once. */
export function expectPromises({ answer }: Fill, notes = answer.candidates[0]?.notes ?? []): void {
  const { startTick, endTick } = answer.region;
  const ends = answer.removed.map((note) => note.startTick + note.durationTicks);
  const lastEnd = Math.max(endTick, ...ends);
  const freeFrom = new Map<number, number>();
  for (const note of [...notes].sort((a, b) => a.startTick - b.startTick)) {
    expect(note.startTick).toBeGreaterThanOrEqual(Math.max(startTick, freeFrom.get(note.pitch) ?? 0));
    expect(note.durationTicks).toBeGreaterThanOrEqual(1);
    const end = note.startTick + note.durationTicks;
    expect(end).toBeLessThanOrEqual(lastEnd);
    freeFrom.set(note.pitch, end);
  }
}
