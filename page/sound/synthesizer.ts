/**
 * SpessaSynth with the sounds of a soundfont. It cannot cancel scheduled events, so there are two sets of channels:
 * at a stop the set in use is muted until its scheduled events have passed, and the other one takes over. A set has
 * as many ports of sixteen channels as the song needs.
 */
import { WorkletSynthesizer } from "spessasynth_lib";
import { bytesOf, CONTROLLER, VOLUME } from "./messages.ts";
import {
  CHANNELS,
  type ChannelState,
  DRUM_CHANNEL,
  type MusicEvent,
  type Output,
  type WantedSound,
} from "./output.ts";

const ALL_SOUND_OFF = 120;
/** The first sixteen channels, without sound: where samples are decoded before they are wanted. */
const QUIET = { tones: 0, drums: DRUM_CHANNEL };
/** Sets of a hundred and twenty tracks and their drums. */
const MOST_PORTS = 8;
/** Long enough to avoid a click at a stop, short enough not to be noticed as a delay. */
const FADE_SECONDS = 0.012;
/** Timers of the page and the audio clock may be so far apart. */
const REST_SECONDS = 0.05;
/** What is decoded at once: a note that is wanted in between waits for it. */
const PREPARED_AT_ONCE = 4;

export class Synthesizer implements Output {
  readonly ports = MOST_PORTS;
  private readonly context: AudioContext;
  private readonly synth: WorkletSynthesizer;
  private readonly level: GainNode;
  private set = 0;
  /** Of each port: where its sixteen channels begin, in either set. */
  private readonly blocks: (readonly [first: number, second: number])[] = [];
  private readonly states = new Map<number, ChannelState>();
  /** Of the set in use: when the last event that it was sent happens. */
  private busyUntil = 0;
  /** When each set is done with what it was sent before a stop. */
  private readonly freeFrom = [0, 0];
  /** After a stop, until something is sent: the reverb of what was cut is not heard either. */
  private quietUntil: number | undefined;
  private readonly wanted: WantedSound[] = [];
  private preparing: ReturnType<typeof setTimeout> | undefined;

  private constructor(context: AudioContext, synth: WorkletSynthesizer, destination: AudioNode) {
    this.context = context;
    this.synth = synth;
    this.level = new GainNode(context);
    this.level.connect(destination);
    synth.connect(this.level);
    this.addPort();
  }

  /**
   * @param soundfont  SF2 or SF3; handed over
   * @throws if the browser has no audio worklets or the file is not a soundfont
   */
  static async load(
    context: AudioContext,
    soundfont: ArrayBuffer,
    destination: AudioNode,
  ): Promise<Synthesizer> {
    await context.audioWorklet.addModule("/synthesizer.js");
    const synth = new WorkletSynthesizer(context, { eventsEnabled: false });
    await synth.isReady;
    await new Promise<void>((resolve, reject) => {
      synth.eventHandler.addEvent("soundBankError", "load", reject);
      synth.soundBankManager.addSoundBank(soundfont, "general").then(resolve, reject);
    });
    return new Synthesizer(context, synth, destination);
  }

  send(events: readonly MusicEvent[]): void {
    if (this.quietUntil !== undefined && events.some(({ kind }) => kind === "on")) {
      this.level.gain.setValueAtTime(1, Math.max(this.context.currentTime, this.quietUntil));
      this.quietUntil = undefined;
    }
    for (const event of events) {
      const [block, channel] = this.channelIn(event.channel, this.set);
      const options = { time: event.seconds };
      if (event.kind === "on") this.synth.noteOn(block + channel, event.pitch, event.velocity, options);
      else if (event.kind === "control")
        this.synth.sendMessage(bytesOf(event.message, channel), block, options);
      else this.synth.noteOff(block + channel, event.pitch, options);
      this.busyUntil = Math.max(this.busyUntil, event.seconds);
    }
  }

  setChannel(channel: number, state: ChannelState): void {
    this.states.set(channel, state);
    for (const set of [0, 1]) {
      const [block, offset] = this.channelIn(channel, set);
      this.synth.programChange(block + offset, state.program);
      this.synth.controllerChange(block + offset, VOLUME, state.volume);
    }
  }

  setVolume(channel: number, volume: number): void {
    const state = this.states.get(channel);
    if (state !== undefined) this.states.set(channel, { ...state, volume });
    for (const set of [0, 1]) {
      const [block, offset] = this.channelIn(channel, set);
      this.synth.controllerChange(block + offset, VOLUME, volume);
    }
  }

  silence(): number {
    const now = this.context.currentTime;
    const used = this.set;
    this.set = 1 - used;
    this.level.gain.cancelScheduledValues(now);
    this.level.gain.setValueAtTime(this.level.gain.value, now);
    this.level.gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
    this.quietUntil = now + 2 * FADE_SECONDS;
    setTimeout(() => this.mute(used, true), 1000 * FADE_SECONDS);
    const seconds = Math.max(0, this.busyUntil - now) + REST_SECONDS;
    setTimeout(() => this.mute(used, false), 1000 * seconds);
    this.freeFrom[used] = now + seconds + REST_SECONDS;
    this.busyUntil = 0;
    return Math.max(this.quietUntil, this.freeFrom[this.set] ?? 0);
  }

  prepare(sounds: readonly WantedSound[]): void {
    this.wanted.push(...sounds);
    this.preparing ??= setTimeout(() => this.prepareSome(), 0);
  }

  /** A sample is decoded when it first sounds, which takes time from the audio thread: done here without being heard. */
  private prepareSome(): void {
    this.preparing = undefined;
    for (const { program, isDrums, pitch, velocity } of this.wanted.splice(0, PREPARED_AT_ONCE)) {
      const channel = isDrums ? QUIET.drums : QUIET.tones;
      this.synth.programChange(channel, program);
      this.synth.noteOn(channel, pitch, velocity);
      this.synth.controllerChange(channel, ALL_SOUND_OFF, 0);
    }
    if (this.wanted.length > 0) this.preparing = setTimeout(() => this.prepareSome(), 10);
  }

  /** Where a channel is in one of the sets: the first of its sixteen, and its offset among them. */
  private channelIn(channel: number, set: number): [block: number, offset: number] {
    const port = Math.floor(channel / CHANNELS);
    while (this.blocks.length <= port) this.addPort();
    return [this.blocks[port]?.[set] ?? 0, channel % CHANNELS];
  }

  private addPort(): void {
    // The first sixteen are there, and quiet.
    const first = CHANNELS * (1 + 2 * this.blocks.length);
    for (let added = 0; added < 2 * CHANNELS; added += 1) this.synth.addNewChannel();
    this.blocks.push([first, first + CHANNELS]);
    // New channels have every controller at zero.
    this.synth.reset();
    for (const block of [0, ...this.blocks.flat()]) {
      this.synth.midiChannels[block + DRUM_CHANNEL]?.setDrums(true);
    }
    for (const channel of Object.values(QUIET)) this.synth.sendMessage([CONTROLLER | channel, VOLUME, 0], 0);
    for (const [channel, state] of this.states) this.setChannel(channel, state);
  }

  private mute(set: number, isMuted: boolean): void {
    for (const block of this.blocks) {
      const first = block[set] ?? 0;
      for (let channel = first; channel < first + CHANNELS; channel += 1) {
        this.synth.midiChannels[channel]?.setSystemParameter("isMuted", isMuted);
      }
    }
  }
}
