/**
 * A source of Ardour: a Standard MIDI File with 1920 ticks a quarter. With fewer, Ardour would lose the positions in
 * between when it saves.
 */
import { chunk, header } from "../../../bridge/support/smf.ts";
import { QUARTER, type SourceNote } from "./source-note.ts";

export function midiFile(notes: readonly SourceNote[]): Buffer {
  const events = notes.flatMap(([start, duration, pitch, velocity, channel = 0, offVelocity = 64]) => [
    { tick: start, isOn: true, bytes: [0x90 | channel, pitch, velocity] },
    { tick: start + duration, isOn: false, bytes: [0x80 | channel, pitch, offVelocity] },
  ]);
  events.sort((a, b) => a.tick - b.tick || Number(a.isOn) - Number(b.isOn));
  const bytes: number[] = [];
  let last = 0;
  for (const event of events) {
    bytes.push(...variable(event.tick - last), ...event.bytes);
    last = event.tick;
  }
  return Buffer.concat([
    header(0, 1, QUARTER),
    chunk("MTrk", Buffer.from([...bytes, 0x00, 0xff, 0x2f, 0x00])),
  ]);
}

/** A variable-length quantity. */
function variable(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
