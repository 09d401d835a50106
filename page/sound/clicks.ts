/**
 * The metronome's click: a short tone of its own, so that it sounds the same beside every instrument.
 */
import type { ClickEvent } from "./output.ts";

const SECONDS = 0.04;
const PITCH_HZ = { barStart: 1760, beat: 1175 };
const LEVEL = { barStart: 0.5, beat: 0.3 };

export class Clicks {
  private readonly context: AudioContext;
  private readonly destination: AudioNode;
  private readonly waiting = new Set<OscillatorNode>();

  constructor(context: AudioContext, destination: AudioNode) {
    this.context = context;
    this.destination = destination;
  }

  send({ seconds, isBarStart }: ClickEvent): void {
    const beatKind = isBarStart ? "barStart" : "beat";
    const at = Math.max(seconds, this.context.currentTime);
    const level = new GainNode(this.context, { gain: 0 });
    level.gain.setValueAtTime(LEVEL[beatKind], at);
    level.gain.exponentialRampToValueAtTime(0.001, at + SECONDS);
    level.connect(this.destination);
    const tone = new OscillatorNode(this.context, { frequency: PITCH_HZ[beatKind] });
    tone.connect(level);
    tone.start(at);
    tone.stop(at + SECONDS);
    tone.onended = () => this.waiting.delete(tone);
    this.waiting.add(tone);
  }

  silence(): void {
    for (const tone of this.waiting) tone.disconnect();
    this.waiting.clear();
  }
}
