/**
 * An instrument at a MIDI port, such as a synthesizer or a DAW's input.
 */
import type { Seconds } from "../../bridge/music/time.ts";
import { bytesOf, CONTROLLER, PROGRAM, VOLUME } from "./messages.ts";
import { CHANNELS, type ChannelState, type MusicEvent, type Output } from "./output.ts";

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const ALL_SOUND_OFF = 120;
const ALL_NOTES_OFF = 123;
/** After the last event that was sent ahead, so that nothing of it stays. */
const AFTER_MS = 5;

/** What of the browser's MIDIOutput is used. */
interface MidiPort {
  send(data: readonly number[], timestamp?: number): void;
}

export class MidiOutput implements Output {
  readonly ports = 1;
  private readonly port: MidiPort;
  private readonly clock: { now(): number; millisecondsAt(seconds: Seconds): number };
  private lastMilliseconds = 0;

  /** @param clock  of the audio, and the time of the page, as ports want it, at one of its seconds */
  constructor(port: MidiPort, clock: { now(): number; millisecondsAt(seconds: Seconds): number }) {
    this.port = port;
    this.clock = clock;
  }

  send(events: readonly MusicEvent[]): void {
    for (const event of events) {
      const at = this.clock.millisecondsAt(event.seconds);
      this.port.send(bytesOfEvent(event), at);
      this.lastMilliseconds = Math.max(this.lastMilliseconds, at);
    }
  }

  setChannel(channel: number, { program, volume }: ChannelState): void {
    this.port.send([PROGRAM | channel, program]);
    this.setVolume(channel, volume);
  }

  setVolume(channel: number, volume: number): void {
    this.port.send([CONTROLLER | channel, VOLUME, volume]);
  }

  /** Now, and once more when the last of what a port can't take back has sounded. */
  silence(): number {
    const now = this.clock.now();
    const after = Math.max(this.clock.millisecondsAt(now), this.lastMilliseconds) + AFTER_MS;
    for (const at of [undefined, after]) {
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        this.port.send([CONTROLLER | channel, ALL_NOTES_OFF, 0], at);
        this.port.send([CONTROLLER | channel, ALL_SOUND_OFF, 0], at);
      }
    }
    const waitMs = after - this.clock.millisecondsAt(now);
    this.lastMilliseconds = 0;
    return now + (waitMs + AFTER_MS) / 1000;
  }
}

function bytesOfEvent(event: MusicEvent): number[] {
  if (event.kind === "control") return bytesOf(event.message, event.channel);
  const { kind, channel, pitch, velocity } = event;
  return [(kind === "on" ? NOTE_ON : NOTE_OFF) | channel, pitch, velocity];
}
