/**
 * MIDI channel messages that are not notes.
 */

/** The upper four bits of the status byte, and two data bytes. */
export type Message = readonly [kind: number, first: number, second: number];

export const CONTROLLER = 0xb0;
export const PROGRAM = 0xc0;
export const PRESSURE = 0xd0;
export const BEND = 0xe0;

/** Controllers. */
export const VOLUME = 7;
export const PEDAL = 64;
export const RESET = 121;

/** As it is sent: programs and channel pressure have one data byte. */
export function bytesOf([kind, first, second]: Message, channel: number): number[] {
  const isShort = kind === PROGRAM || kind === PRESSURE;
  return isShort ? [kind | channel, first] : [kind | channel, first, second];
}
