/**
 * What makes the music heard: the synthesizer, the simple one that stands in for it, or an instrument at a MIDI port.
 * All are told what sounds at which second of the audio clock, a little ahead.
 */

export interface NoteEvent {
  readonly kind: "on" | "off";
  /** Of the audio clock. */
  readonly seconds: number;
  readonly channel: number;
  readonly pitch: number;
  /** 1 to 127; 0 where a note ends. */
  readonly velocity: number;
}

export interface ClickEvent {
  readonly kind: "click";
  readonly seconds: number;
  readonly isBarStart: boolean;
}

export type SoundEvent = NoteEvent | ClickEvent;

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
  send(events: readonly NoteEvent[]): void;
  /** At once. */
  setChannel(channel: number, state: ChannelState): void;
  /** Nothing sounds any more, nor will what was sent for later. @returns from when something new can sound */
  silence(): number;
  /** Make sounds ready that take time to be made. */
  prepare?(sounds: readonly WantedSound[]): void;
}

export const DRUM_CHANNEL = 9;
export const CHANNELS = 16;
