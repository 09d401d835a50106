/**
 * SpessaSynth with the sounds of a soundfont. It can't take back what was sent for later, so there are two sets of
 * sixteen channels: at a stop the set in use is muted until what it was sent has passed, and the other one goes on.
 */
import { WorkletSynthesizer } from "spessasynth_lib";
import { CHANNELS, type ChannelState, type NoteEvent, type Output, type WantedSound } from "./output.ts";

const VOLUME = 7;
const ALL_SOUND_OFF = 120;
/** Without sound, where samples are decoded before they are wanted. */
const QUIET = { tones: 2 * CHANNELS, drums: 2 * CHANNELS + 1 };
/** Long enough for no click at a stop, short enough to be no delay. */
const FADE_SECONDS = 0.012;
/** Timers of the page and the audio clock may be so far apart. */
const REST_SECONDS = 0.05;
/** What is decoded at once: a note that is wanted in between waits for it. */
const PREPARED_AT_ONCE = 4;

export class Synthesizer implements Output {
  private readonly context: AudioContext;
  private readonly synth: WorkletSynthesizer;
  private readonly level: GainNode;
  private set = 0;
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
    for (let channel = CHANNELS; channel <= QUIET.drums; channel += 1) synth.addNewChannel();
    // New channels have every controller at zero.
    synth.reset();
    synth.midiChannels[QUIET.drums]?.setDrums(true);
    for (const channel of [QUIET.tones, QUIET.drums]) synth.controllerChange(channel, VOLUME, 0);
  }

  /**
   * @param soundfont  SF2 or SF3; handed over
   * @throws where the browser has no audio worklets or the file is no soundfont
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

  send(events: readonly NoteEvent[]): void {
    if (this.quietUntil !== undefined) {
      this.level.gain.setValueAtTime(1, Math.max(this.context.currentTime, this.quietUntil));
      this.quietUntil = undefined;
    }
    const offset = this.set * CHANNELS;
    for (const { kind, seconds, channel, pitch, velocity } of events) {
      const options = { time: seconds };
      if (kind === "on") this.synth.noteOn(offset + channel, pitch, velocity, options);
      else this.synth.noteOff(offset + channel, pitch, options);
      this.busyUntil = Math.max(this.busyUntil, seconds);
    }
  }

  setChannel(channel: number, { program, volume }: ChannelState): void {
    for (const offset of [0, CHANNELS]) {
      this.synth.programChange(offset + channel, program);
      this.synth.controllerChange(offset + channel, VOLUME, volume);
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

  private mute(set: number, isMuted: boolean): void {
    for (let channel = set * CHANNELS; channel < (set + 1) * CHANNELS; channel += 1) {
      this.synth.midiChannels[channel]?.setSystemParameter("isMuted", isMuted);
    }
  }
}
