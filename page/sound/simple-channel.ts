/**
 * A channel of the simple synthesizer: volume, pan, pitch bend and pedal.
 */
import type { Seconds } from "../../bridge/music/time.ts";
import { BEND, CONTROLLER, type Message, PEDAL, PROGRAM, RESET, VOLUME } from "./messages.ts";

const [PAN, EXPRESSION, PARAMETER_FINE, PARAMETER, DATA] = [10, 11, 100, 101, 6];
const CENTRE = 64;
const BEND_CENTRE = 8192;
const GLIDE_SECONDS = 0.01;

export class SimpleChannel {
  program = 0;
  isPedalDown = false;
  /** What ends when the pedal comes up. */
  readonly pedalled: ((seconds: Seconds) => void)[] = [];
  /** Where voices go. */
  readonly input: GainNode;
  /** In cents. */
  readonly bend: ConstantSourceNode;
  private readonly expression: GainNode;
  private readonly pan: StereoPannerNode;
  private parameter: readonly [high: number, low: number] = [127, 127];
  private bendSemitones = 2;

  constructor(context: AudioContext, destination: AudioNode) {
    this.input = new GainNode(context);
    this.expression = new GainNode(context);
    this.pan = new StereoPannerNode(context);
    this.bend = new ConstantSourceNode(context, { offset: 0 });
    this.bend.start();
    this.input.connect(this.expression).connect(this.pan).connect(destination);
  }

  setVolume(volume: number, seconds: Seconds): void {
    glide(this.input.gain, loudness(volume), seconds);
  }

  apply([kind, first, second]: Message, seconds: Seconds): void {
    if (kind === PROGRAM) this.program = first;
    else if (kind === BEND) {
      const share = (second * 128 + first - BEND_CENTRE) / BEND_CENTRE;
      glide(this.bend.offset, 100 * this.bendSemitones * share, seconds);
    } else if (kind === CONTROLLER) this.control(first, second, seconds);
  }

  private control(number: number, value: number, seconds: Seconds): void {
    if (number === VOLUME) this.setVolume(value, seconds);
    else if (number === EXPRESSION) glide(this.expression.gain, loudness(value), seconds);
    else if (number === PAN) glide(this.pan.pan, Math.max(-1, (value - CENTRE) / 63), seconds);
    else if (number === PEDAL) this.isPedalDown = value >= CENTRE;
    else if (number === PARAMETER) this.parameter = [value, this.parameter[1]];
    else if (number === PARAMETER_FINE) this.parameter = [this.parameter[0], value];
    else if (number === DATA && this.parameter[0] === 0 && this.parameter[1] === 0)
      this.bendSemitones = value;
    else if (number === RESET) {
      this.isPedalDown = false;
      glide(this.expression.gain, 1, seconds);
      glide(this.bend.offset, 0, seconds);
    }
  }
}

/** As synthesizers read controllers 7 and 11. */
function loudness(value: number): number {
  return (value / 127) ** 2;
}

function glide(param: AudioParam, value: number, seconds: Seconds): void {
  param.setTargetAtTime(value, seconds, GLIDE_SECONDS);
}
