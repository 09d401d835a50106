/**
 * The schedule of playing: the song from a tick on, span after span, as notes that begin and end at seconds of the audio clock,
 * and what shapes their sound. The song may be another one at each span; nothing is missed or doubled where spans meet,
 * and whatever began ends. Where playing begins, and at each loop, the channels are first brought into the state of that
 * tick.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { TempoMap } from "../../bridge/music/tempo.ts";
import type { Seconds, Tick } from "../../bridge/music/time.ts";
import { firstFrom, type PageNote, type PageSong } from "../document/song.ts";
import type { TrackControls } from "./controls.ts";
import type { LoopRange } from "./loop.ts";
import { CONTROLLER, type Message, PEDAL } from "./messages.ts";
import type { Mix } from "./mix.ts";
import type { NoteEvent, SoundEvent } from "./output.ts";
import { Passes } from "./passes.ts";

/** What is to be heard from now on. */
export interface Heard {
  readonly song: PageSong;
  readonly bars: Bars;
  readonly tempo: TempoMap;
  readonly mix: Mix;
  /** Of each track whose file says something, by its id. */
  readonly controls: ReadonlyMap<string, TrackControls>;
  readonly loop: LoopRange | undefined;
  /** Where the song ends. */
  readonly endTick: Tick;
  readonly hasClicks: boolean;
}

interface Sounding {
  readonly channel: number;
  readonly pitch: number;
  readonly startTick: Tick;
  endTick: Tick;
}

interface NoteStart {
  readonly tick: Tick;
  readonly channel: number;
  readonly velocity: number;
  readonly note: PageNote;
}

type Start =
  | NoteStart
  | { readonly tick: Tick; readonly isBarStart: boolean }
  | { readonly tick: Tick; readonly channel: number; readonly message: Message };

/** Instruments want a moment between a program and its first note. */
const CHASE_SECONDS = 0.01;
/** Controller 7, where a file sets it only later. Source: General MIDI 2. */
export const USUAL_VOLUME = 100;
const PEDAL_UP: Message = [CONTROLLER, PEDAL, 0];

export class Schedule {
  readonly passes: Passes;
  /** Everything of the song was sent. */
  isOver = false;
  private isFirst = true;
  private readonly source: (tick: Tick) => Heard;
  private tick: Tick;
  private readonly sounding: Sounding[] = [];
  /** For which the channels are in the state of the tick. */
  private chased: (Pick<Heard, "controls"> & Pick<Mix, "channels">) | undefined;

  /** @param source  what is to be heard from a tick on */
  constructor(source: (tick: Tick) => Heard, startTick: Tick, startSeconds: Seconds) {
    this.source = source;
    this.tick = Math.round(startTick);
    this.passes = new Passes(this.tick, startSeconds);
  }

  /** What begins and ends from where the last call came to up to a second, in order. */
  advance(untilSeconds: Seconds): SoundEvent[] {
    const events: SoundEvent[] = [];
    while (!this.isOver) {
      const heard = this.source(this.tick);
      const isInLoop = heard.loop !== undefined && this.tick < heard.loop.endTick;
      const endTick = Math.max(this.tick, isInLoop ? heard.loop.endTick : heard.endTick);
      const reached = Math.ceil(this.passes.ticksFromSeconds(untilSeconds, heard.tempo));
      this.span(heard, Math.min(endTick, reached), events);
      if (reached < endTick) break;
      this.endPass(heard, endTick, isInLoop ? heard.loop.startTick : undefined, events);
    }
    return events;
  }

  /** Everything that sounds ends now. */
  cut(seconds: Seconds): NoteEvent[] {
    return this.sounding.splice(0).map((note) => endOf(note, seconds));
  }

  private span(heard: Heard, toTick: Tick, events: SoundEvent[]): void {
    const seconds = (tick: Tick) => this.passes.secondsFromTicks(tick, heard.tempo);
    this.meetChanges(heard);
    if (toTick > this.tick)
      this.chase(heard, seconds(this.tick) - (this.isFirst ? CHASE_SECONDS : 0), events);
    for (const start of startsIn(heard, this.tick, toTick)) {
      this.endNotes(start.tick, seconds, events);
      if ("isBarStart" in start) {
        events.push({ kind: "click", seconds: seconds(start.tick), isBarStart: start.isBarStart });
      } else if ("message" in start) {
        const { channel, message } = start;
        events.push({ kind: "control", seconds: seconds(start.tick), channel, message });
      } else if (this.begin(start, seconds, events)) {
        const { channel, velocity, note } = start;
        events.push({ kind: "on", seconds: seconds(start.tick), channel, pitch: note.pitch, velocity });
      }
    }
    this.endNotes(toTick - 1, seconds, events);
    this.tick = Math.max(this.tick, toTick);
  }

  /** Bring the channels into the state of the tick, where they are in that of another, or of another song. */
  private chase({ song, mix, controls }: Heard, seconds: Seconds, events: SoundEvent[]): void {
    this.isFirst = false;
    if (this.chased?.controls === controls && this.chased.channels === mix.channels) return;
    this.chased = { controls, channels: mix.channels };
    for (const { channel, program, own } of ownersIn(song, mix, controls)) {
      for (const message of own.chase(this.tick, program, USUAL_VOLUME)) {
        events.push({ kind: "control", seconds, channel, message });
      }
    }
  }

  /** One key can't be pressed twice: the note that holds it ends; of two at the same time the louder one is heard. */
  private begin(
    { tick, channel, note }: NoteStart,
    seconds: (tick: Tick) => Seconds,
    events: SoundEvent[],
  ): boolean {
    const endTick = tick + Math.max(1, note.durationTicks);
    const at = this.sounding.findIndex((one) => one.channel === channel && one.pitch === note.pitch);
    const holder = this.sounding[at];
    if (holder?.startTick === tick) {
      holder.endTick = Math.max(holder.endTick, endTick);
      return false;
    }
    if (holder !== undefined) {
      this.sounding.splice(at, 1);
      events.push(endOf(holder, seconds(tick)));
    }
    this.sounding.push({ channel, pitch: note.pitch, startTick: tick, endTick });
    return true;
  }

  /** Up to a tick and at it. */
  private endNotes(tick: Tick, seconds: (tick: Tick) => Seconds, events: SoundEvent[]): void {
    const ended = this.sounding.filter(({ endTick }) => endTick <= tick).sort(byEnd);
    for (const note of ended) {
      this.sounding.splice(this.sounding.indexOf(note), 1);
      events.push(endOf(note, seconds(note.endTick)));
    }
  }

  /** What sounds may have been made longer or shorter since, or be gone. */
  private meetChanges({ song, mix }: Heard): void {
    for (const one of this.sounding) {
      let endTick = this.tick;
      for (const { id, notes } of song.tracks) {
        if (mix.channels.get(id) !== one.channel || !mix.isAudible(id)) continue;
        for (const note of startingAt(notes, one.startTick)) {
          if (note.pitch !== one.pitch) continue;
          endTick = Math.max(endTick, note.startTick + Math.max(1, note.durationTicks));
        }
      }
      one.endTick = endTick;
    }
  }

  private endPass(heard: Heard, endTick: Tick, nextTick: Tick | undefined, events: SoundEvent[]): void {
    const { song, mix, controls } = heard;
    const seconds = this.passes.secondsFromTicks(endTick, heard.tempo);
    this.sounding.sort((a, b) => a.channel - b.channel || a.pitch - b.pitch);
    events.push(...this.cut(seconds));
    // What the pedal holds would sound on, into what comes next or for ever.
    for (const { channel, own } of ownersIn(song, mix, controls)) {
      if (own.isPedalDown(endTick)) events.push({ kind: "control", seconds, channel, message: PEDAL_UP });
    }
    this.chased = undefined;
    this.passes.end(endTick, seconds);
    if (nextTick === undefined) this.isOver = true;
    else this.passes.begin(nextTick, seconds);
    this.tick = nextTick ?? endTick;
  }
}

/** Notes and clicks that begin in [fromTick, toTick), in order; the louder of equal notes first. */
function startsIn(heard: Heard, fromTick: Tick, toTick: Tick): Start[] {
  const { song, bars, mix, hasClicks, controls } = heard;
  const starts: Start[] = [];
  if (toTick <= fromTick) return starts;
  for (const { channel, own } of ownersIn(song, mix, controls)) {
    for (const { tick, message } of own.between(fromTick, toTick)) starts.push({ tick, channel, message });
  }
  if (hasClicks) {
    for (const { tick, beat } of bars.lines(fromTick, toTick)) starts.push({ tick, isBarStart: beat === 0 });
  }
  for (const { id, notes } of song.tracks) {
    const channel = mix.channels.get(id);
    if (channel === undefined || !mix.isAudible(id)) continue;
    for (let at = firstFrom(notes, fromTick); at < notes.length; at += 1) {
      const note = notes[at];
      if (note === undefined || note.startTick >= toTick) break;
      starts.push({ tick: note.startTick, channel, velocity: mix.velocityOf(id, note.velocity), note });
    }
  }
  return starts.sort((a, b) => {
    if (a.tick !== b.tick || !("note" in a) || !("note" in b))
      return a.tick - b.tick || rankOf(a) - rankOf(b);
    return a.channel - b.channel || a.note.pitch - b.note.pitch || b.velocity - a.velocity;
  });
}

/** At one tick a note finds its channel as it is to be. */
function rankOf(start: Start): number {
  return "message" in start ? 0 : "isBarStart" in start ? 1 : 2;
}

/** The tracks whose files say something, one for each channel: of those that share one the first. */
function ownersIn(song: PageSong, mix: Mix, controls: Heard["controls"]) {
  const seen = new Set<number>();
  return song.tracks.flatMap(({ id, program }) => {
    const [channel, own] = [mix.channels.get(id), controls.get(id)];
    if (channel === undefined || seen.has(channel)) return [];
    seen.add(channel);
    return own === undefined ? [] : [{ channel, program, own }];
  });
}

function* startingAt(notes: readonly PageNote[], tick: Tick): Generator<PageNote> {
  for (let at = firstFrom(notes, tick); notes[at]?.startTick === tick; at += 1) {
    const note = notes[at];
    if (note !== undefined) yield note;
  }
}

function byEnd(a: Sounding, b: Sounding): number {
  return a.endTick - b.endTick || a.channel - b.channel || a.pitch - b.pitch;
}

function endOf({ channel, pitch }: Sounding, seconds: Seconds): NoteEvent {
  return { kind: "off", seconds, channel, pitch, velocity: 0 };
}
