/**
 * The browser's audio: its clock, its output level, and the progress of loading sounds.
 */
import { signal } from "@preact/signals";
import type { Seconds } from "../../bridge/music/time.ts";
import { Clicks } from "./clicks.ts";
import { ClockLink } from "./clock-link.ts";
import type { Output } from "./output.ts";
import { SimpleSynth } from "./simple-synth.ts";
import { fetchSoundfont } from "./soundfont.ts";

type SoundsState =
  | { readonly kind: "waiting" | "ready" }
  | { readonly kind: "loading"; readonly share: number }
  /** Simple sounds stand in; why, and what to do. */
  | { readonly kind: "simple"; readonly reason: string };

/** A browser that gives no sound at all answers later, or never. */
const RESUME_MS = 4000;
/** Soundfonts leave room for 64 voices at their loudest; a few of them are quiet. What is too loud then is held down. */
const LOUDER = 6;
const LIMIT = { threshold: -8, knee: 6, ratio: 20, attack: 0.002, release: 0.15 };
const NO_AUDIO =
  "The browser cannot play sound. Check that a speaker or headphones are connected, then press Play again.";

export class PageAudio {
  readonly sounds = signal<SoundsState>({ kind: "waiting" });
  /** What plays through this computer, once there is something. */
  readonly speakers = signal<Output | undefined>(undefined);
  clicks: Clicks | undefined;
  private context: AudioContext | undefined;
  private master: GainNode | undefined;
  private gain = LOUDER;
  private meter: AnalyserNode | undefined;
  private loading: Promise<void> | undefined;
  private readonly link = new ClockLink();
  private samples = new Float32Array(512);

  /** Get the sounds and the synthesizer ready, without a sound. Once. */
  load(): Promise<void> {
    this.loading ??= this.loadOnce();
    return this.loading;
  }

  /** Start the clock, with sounds to hear. @returns seconds now @throws Error where there is no audio */
  async run(): Promise<number> {
    const context = this.open();
    // At once: browsers want it in the turn of the click.
    const resumed = context.resume();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(NO_AUDIO)), RESUME_MS);
    });
    await Promise.race([resumed, late]).finally(() => clearTimeout(timer));
    await this.load();
    return context.currentTime;
  }

  /** Let the processor rest while nothing is played. */
  async rest(): Promise<void> {
    await this.context?.suspend();
    this.link.reset();
  }

  /** @param volume  0 to 1 */
  setVolume(volume: number): void {
    this.gain = LOUDER * volume ** 2;
    if (this.context !== undefined)
      this.master?.gain.setTargetAtTime(this.gain, this.context.currentTime, 0.01);
  }

  /** Seconds of the clock, as events are sent. */
  now(): number {
    return this.context?.currentTime ?? 0;
  }

  /** Seconds of the clock that are heard now: what was made a moment ago is still on its way to the speakers. */
  heardSeconds(): number {
    this.meet();
    return this.link.secondsAt(performance.now());
  }

  /** When a second of the clock is heard, in the page's time. */
  millisecondsAt(seconds: Seconds): number {
    this.meet();
    return this.link.millisecondsAt(seconds);
  }

  /** How loud it is, 0 to 1. */
  level(): number {
    this.meter?.getFloatTimeDomainData(this.samples);
    let peak = 0;
    for (const sample of this.samples) peak = Math.max(peak, Math.abs(sample));
    return this.context?.state === "running" ? Math.min(1, Math.sqrt(peak)) : 0;
  }

  private meet(): void {
    if (this.context === undefined) return;
    const { contextTime = 0, performanceTime = 0 } = this.context.getOutputTimestamp();
    const now = performance.now();
    const { currentTime, outputLatency = 0 } = this.context;
    const ahead = currentTime - contextTime - (now - performanceTime) / 1000;
    if (contextTime > 0 && Math.abs(ahead) < 1) this.link.meet(contextTime, performanceTime);
    else this.link.meet(currentTime - outputLatency, now);
  }

  /** @throws Error where there is no audio */
  private open(): AudioContext {
    if (this.context !== undefined) return this.context;
    const context = newContext();
    this.master = new GainNode(context, { gain: this.gain });
    this.meter = new AnalyserNode(context, { fftSize: this.samples.length });
    const limiter = new DynamicsCompressorNode(context, LIMIT);
    this.master.connect(limiter).connect(this.meter).connect(context.destination);
    this.clicks = new Clicks(context, this.master);
    this.context = context;
    return context;
  }

  private async loadOnce(): Promise<void> {
    this.sounds.value = { kind: "loading", share: 0 };
    let fallback: Output | undefined;
    try {
      const context = this.open();
      const destination = this.master ?? context.destination;
      fallback = new SimpleSynth(context, destination);
      const [{ Synthesizer }, soundfont] = await Promise.all([
        import("./synthesizer.ts"),
        fetchSoundfont((share) => {
          this.sounds.value = { kind: "loading", share };
        }),
      ]);
      this.speakers.value = await Synthesizer.load(context, soundfont, destination);
      this.sounds.value = { kind: "ready" };
    } catch (thrown) {
      if (fallback === undefined) {
        // No audio at all; Play tries once more, and says so.
        this.loading = undefined;
        this.sounds.value = { kind: "waiting" };
        return;
      }
      this.speakers.value = fallback;
      this.sounds.value = {
        kind: "simple",
        reason: thrown instanceof Error ? thrown.message : String(thrown),
      };
    }
  }
}

/** @throws Error where there is no audio */
function newContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: "interactive" });
  } catch (cause) {
    throw new Error(NO_AUDIO, { cause });
  }
}
