/**
 * A plain synthesizer of the browser's own oscillators, used if the instruments' sounds are missing: a tone for
 * each family of instruments, a burst of noise for drums.
 */
import type { Seconds } from "../../bridge/music/time.ts";
import {
  type ChannelState,
  type ControlEvent,
  isDrumChannel,
  type MusicEvent,
  type NoteEvent,
  type Output,
} from "./output.ts";
import { SimpleChannel } from "./simple-channel.ts";

const ATTACK_SECONDS = 0.008;
const RELEASE_SECONDS = 0.12;
/** At a stop. */
const FADE_SECONDS = 0.02;
const DRUM_SECONDS = 0.09;
const LEVEL = 0.22;
/** By family of eight programs: pianos and bells fade, organs and strings hold. */
const FADING: ReadonlySet<number> = new Set([0, 1, 3, 4, 13, 14]);
const TONES: readonly OscillatorType[] = ["triangle", "sine", "square", "triangle", "triangle", "sawtooth"];

interface Voice {
  readonly source: OscillatorNode | AudioBufferSourceNode;
  readonly level: GainNode;
}

export class SimpleSynth implements Output {
  readonly ports = 8;
  private readonly context: AudioContext;
  private readonly destination: AudioNode;
  private readonly channels = new Map<number, SimpleChannel>();
  /** Those that wait for their end, by channel and pitch, the oldest first. */
  private readonly held = new Map<string, Voice[]>();
  private readonly voices = new Set<Voice>();
  private noise: AudioBuffer | undefined;

  constructor(context: AudioContext, destination: AudioNode) {
    this.context = context;
    this.destination = destination;
  }

  send(events: readonly MusicEvent[]): void {
    for (const event of events) {
      if (event.kind === "control") this.control(event);
      else if (event.kind === "on") {
        const key = keyOf(event);
        this.held.set(key, [...(this.held.get(key) ?? []), this.begin(event)]);
      } else {
        const voice = this.held.get(keyOf(event))?.shift();
        const channel = this.channelOf(event.channel);
        if (voice !== undefined && channel.isPedalDown)
          channel.pedalled.push(() => this.release(voice, event.seconds));
        else this.release(voice, event.seconds);
      }
    }
  }

  setChannel(channel: number, { program, volume }: ChannelState): void {
    this.channelOf(channel).program = program;
    this.setVolume(channel, volume);
  }

  setVolume(channel: number, volume: number): void {
    this.channelOf(channel).setVolume(volume, this.context.currentTime);
  }

  silence(): number {
    const now = this.context.currentTime;
    for (const { source, level } of this.voices) {
      level.gain.cancelScheduledValues(now);
      level.gain.setTargetAtTime(0, now, FADE_SECONDS / 4);
      // One that was to start later never does.
      source.stop(now + FADE_SECONDS);
    }
    this.held.clear();
    for (const channel of this.channels.values()) channel.pedalled.length = 0;
    return now + FADE_SECONDS;
  }

  private control({ channel, message, seconds }: ControlEvent): void {
    const at = Math.max(seconds, this.context.currentTime);
    const state = this.channelOf(channel);
    const wasDown = state.isPedalDown;
    state.apply(message, at);
    if (!wasDown || state.isPedalDown) return;
    for (const release of state.pedalled.splice(0)) release(at);
  }

  private begin({ channel, pitch, velocity, seconds }: NoteEvent): Voice {
    const state = this.channelOf(channel);
    const at = Math.max(seconds, this.context.currentTime);
    const peak = LEVEL * (velocity / 127) ** 1.5;
    const level = new GainNode(this.context, { gain: 0 });
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(peak, at + ATTACK_SECONDS);
    if (FADING.has(state.program >> 3)) level.gain.setTargetAtTime(peak * 0.1, at + ATTACK_SECONDS, 0.6);
    level.connect(state.input);
    const isDrum = isDrumChannel(channel);
    const source = isDrum ? this.drum(pitch) : this.tone(state.program, pitch);
    if (!isDrum) state.bend.connect(source.detune);
    source.connect(level);
    source.start(at);
    const voice = { source, level };
    if (isDrum) this.release(voice, at + DRUM_SECONDS);
    source.onended = () => {
      level.disconnect();
      this.voices.delete(voice);
    };
    this.voices.add(voice);
    return voice;
  }

  private release(voice: Voice | undefined, seconds: Seconds): void {
    if (voice === undefined) return;
    const at = Math.max(seconds, this.context.currentTime);
    voice.level.gain.setTargetAtTime(0, at, RELEASE_SECONDS / 4);
    voice.source.stop(at + RELEASE_SECONDS);
  }

  private tone(program: number, pitch: number): OscillatorNode {
    const type = TONES[program >> 3] ?? "triangle";
    return new OscillatorNode(this.context, { type, frequency: 440 * 2 ** ((pitch - 69) / 12) });
  }

  /** Low ones for bass drums, high ones for cymbals. */
  private drum(pitch: number): AudioBufferSourceNode {
    const playbackRate = Math.min(2, Math.max(0.1, (pitch - 30) / 16));
    return new AudioBufferSourceNode(this.context, { buffer: this.noiseBuffer(), loop: true, playbackRate });
  }

  private noiseBuffer(): AudioBuffer {
    if (this.noise !== undefined) return this.noise;
    const noise = new AudioBuffer({
      length: this.context.sampleRate / 2,
      sampleRate: this.context.sampleRate,
    });
    const samples = noise.getChannelData(0);
    for (let at = 0; at < samples.length; at += 1) samples[at] = Math.random() * 2 - 1;
    this.noise = noise;
    return noise;
  }

  private channelOf(channel: number): SimpleChannel {
    const known = this.channels.get(channel);
    if (known !== undefined) return known;
    const made = new SimpleChannel(this.context, this.destination);
    this.channels.set(channel, made);
    return made;
  }
}

function keyOf({ channel, pitch }: NoteEvent): string {
  return `${channel} ${pitch}`;
}
