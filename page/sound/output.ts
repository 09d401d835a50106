/**
 * Outputs of the music: the synthesizer, the simple one that stands in for it, or an instrument at a MIDI port.
 * All are sent what sounds at which second of the audio clock, a little ahead.
 */
import type { Seconds } from "../../bridge/music/time.ts";
import type { Message } from "./messages.ts";

export interface NoteEvent {
  readonly kind: "on" | "off";
  /** Of the audio clock. */
  readonly seconds: Seconds;
  readonly channel: number;
  readonly pitch: number;
  /** 1 to 127; 0 where a note ends. */
  readonly velocity: number;
}

export interface ControlEvent {
  readonly kind: "control";
  readonly seconds: Seconds;
  readonly channel: number;
  readonly message: Message;
}

export interface ClickEvent {
  readonly kind: "click";
  readonly seconds: Seconds;
  readonly isBarStart: boolean;
}

export type MusicEvent = NoteEvent | ControlEvent;
export type SoundEvent = MusicEvent | ClickEvent;

/** How a MIDI channel is set. */
export interface ChannelState {
  readonly program: number;
  /** 0 to 127, as controller 7 has it. */
  readonly volume: number;
}

/** A sound that will be wanted. */
export interface WantedSound {
  readonly program: number;
  readonly isDrums: boolean;
  readonly pitch: number;
  readonly velocity: number;
}

export interface Output {
  /** How many sets of sixteen channels it has. */
  readonly ports: number;
  send(events: readonly MusicEvent[]): void;
  /** At once. */
  setChannel(channel: number, state: ChannelState): void;
  setVolume(channel: number, volume: number): void;
  /** Nothing sounds any more, nor will what was sent for later. @returns from when something new can sound */
  silence(): number;
  /** Make sounds ready that take time to be made. */
  prepare?(sounds: readonly WantedSound[]): void;
}

/** Of each sixteen. */
export const DRUM_CHANNEL = 9;
export const CHANNELS = 16;

export function isDrumChannel(channel: number): boolean {
  return channel % CHANNELS === DRUM_CHANNEL;
}
