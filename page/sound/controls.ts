/**
 * The events besides notes that shape the sound of a track, as in its file: the messages between two ticks, and those
 * that restore the state at a tick.
 */

import type { Tick } from "../../bridge/music/time.ts";
import { ChannelState, plainSettings, type Settings } from "./channel-state.ts";
import { CONTROLLER, type Message, PEDAL, PROGRAM, RESET, VOLUME } from "./messages.ts";

/** A message and its place in the song. */
export interface Control {
  readonly tick: Tick;
  readonly message: Message;
}

/** From here on a pedal is down. */
const DOWN = 64;

export class TrackControls {
  private readonly all: readonly Control[];
  private readonly programs: readonly Control[];
  /** The same for tracks with the same controls. */
  readonly signature: string;
  /** Everything that is set somewhere, as it is before anything was sent. */
  private readonly plain: Settings;

  /** @param numbers  as the daemon tells them: tick, kind and two data bytes of each, by tick */
  constructor(numbers: readonly number[]) {
    const all: Control[] = [];
    for (let at = 0; at + 3 < numbers.length; at += 4) {
      const [tick = 0, kind = 0, first = 0, second = 0] = numbers.slice(at, at + 4);
      all.push({ tick, message: [kind, first, second] });
    }
    this.all = all;
    this.programs = all.filter(({ message: [kind] }) => kind === PROGRAM);
    this.signature = `${numbers.length} ${hashOf(numbers)}`;
    this.plain = plainSettings(all.map(({ message }) => message));
  }

  /** What comes in [fromTick, toTick), in order. */
  between(fromTick: Tick, toTick: Tick): readonly Control[] {
    return this.all.slice(firstFrom(this.all, fromTick), firstFrom(this.all, toTick));
  }

  /**
   * What brings a channel into the state of a tick, whatever was sent to it before: everything that the track sets
   * anywhere, without what it sets at the tick itself.
   * @param program  where none was sent yet
   * @param volume  controller 7, where none was sent yet
   */
  chase(tick: Tick, program: number, volume: number): Message[] {
    const state = new ChannelState(this.plain);
    for (const { message } of this.all.slice(0, firstFrom(this.all, tick))) state.apply(message);
    return state.messages([PROGRAM, program, 0], [CONTROLLER, VOLUME, volume]);
  }

  /** That in force at a tick. @returns undefined before the first */
  programAt(tick: Tick): number | undefined {
    return this.programs[firstFrom(this.programs, tick + 1) - 1]?.message[1];
  }

  /** Whether the pedal is down when a tick comes. */
  isPedalDown(tick: Tick): boolean {
    for (let at = firstFrom(this.all, tick) - 1; at >= 0; at -= 1) {
      const [kind, number, value = 0] = this.all[at]?.message ?? [];
      if (kind === CONTROLLER && number === PEDAL) return value >= DOWN;
      if (kind === CONTROLLER && number === RESET) return false;
    }
    return false;
  }
}

/** Index of the first control at a tick or later, of some in order. */
function firstFrom(controls: readonly Control[], tick: Tick): number {
  let [low, high] = [0, controls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((controls[middle]?.tick ?? 0) < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Source: FNV-1a, with numbers in place of bytes. */
function hashOf(numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) hash = Math.imul(hash ^ number, 0x01000193);
  return hash >>> 0;
}

export const NO_CONTROLS = new TrackControls([]);
