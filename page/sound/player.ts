/**
 * Sends notes a little ahead of the clock: far enough that a busy page is never late, near enough that edits are
 * heard. A page in the background is woken once a second at best, so it sends further ahead.
 */

import type { TempoMap } from "../../bridge/music/tempo.ts";
import type { Seconds, Tick } from "../../bridge/music/time.ts";
import type { SoundEvent } from "./output.ts";
import { type Heard, Schedule } from "./schedule.ts";

const AHEAD_SECONDS = 0.15;
const HIDDEN_AHEAD_SECONDS = 2.5;
/** A page that slept for longer does not catch up with a burst of notes. */
const LATE_SECONDS = 0.1;

interface PlayerOptions {
  /** Seconds of the audio clock. */
  now: () => number;
  /** What is to be heard from a tick on. */
  source: (tick: Tick) => Heard;
  send: (events: readonly SoundEvent[]) => void;
}

export class Player {
  private readonly options: PlayerOptions;
  private schedule: Schedule | undefined;

  constructor(options: PlayerOptions) {
    this.options = options;
  }

  /** @param seconds  of the audio clock, when the tick sounds */
  start(tick: Tick, seconds: Seconds, isHidden: boolean): void {
    this.schedule = new Schedule(this.options.source, tick, seconds);
    this.pump(isHidden);
  }

  /** Call it a few times within what is sent ahead. */
  pump(isHidden: boolean): void {
    if (this.schedule === undefined) return;
    const now = this.options.now();
    const events = this.schedule.advance(now + (isHidden ? HIDDEN_AHEAD_SECONDS : AHEAD_SECONDS));
    // A note that is late is left out; what ends notes, or shapes those that come, is not.
    const inTime = events.filter(
      ({ kind, seconds }) => kind === "off" || kind === "control" || seconds >= now - LATE_SECONDS,
    );
    if (inTime.length > 0) this.options.send(inTime);
  }

  /** Where the music is at a second. @returns undefined where it is over */
  tickAt(seconds: Seconds, tempo: TempoMap): Tick | undefined {
    return this.schedule?.passes.tickAt(seconds, tempo);
  }

  /** Whatever sounds ends. */
  stop(): void {
    const ends = this.schedule?.cut(this.options.now()) ?? [];
    this.schedule = undefined;
    if (ends.length > 0) this.options.send(ends);
  }
}
