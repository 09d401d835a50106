/**
 * Whether a run improved the model, and how certain that is.
 */
import { BridgeError } from "../bridge-error.ts";
import type { Gain } from "../engine/train-schemas.ts";
import { describeGain, mayBeChance } from "./gain.ts";
import { readHistory } from "./recorder.ts";

interface OutcomeWarning {
  code: "GAIN_MAY_BE_CHANCE" | "NOTHING_HELD_OUT";
  message: string;
}

/** What to say of a gain before it is believed; nothing where it is sure. */
export function warnOfChance(gain: Gain | null | undefined): OutcomeWarning[] {
  if (gain == null || !mayBeChance(gain)) return [];
  const why = gain.pieces < 2 ? "a single piece was held out" : `${describeGain(gain)}, a note`;
  return [
    {
      code: "GAIN_MAY_BE_CHANCE",
      message: `this may be chance (${why}); listen to it, train longer, or on more songs`,
    },
  ];
}

export interface Outcome {
  /** One line on what was gained; none where nothing says so. */
  gained: string | undefined;
  warnings: OutcomeWarning[];
}

/**
 * What a run gained on the pieces that it held out.
 * @param path  a run folder; anything else says nothing
 * @throws BridgeError MODEL_WORSE if a run from a trained model did not get better
 */
export function judge(path: string): Outcome {
  const { start, heldOut, best } = readHistory(path);
  if (start === undefined) return { gained: undefined, warnings: [] };
  if (heldOut.length === 0) {
    const message =
      "nothing was held out, so that nothing says whether it got better; learn from five songs or more";
    return { gained: undefined, warnings: [{ code: "NOTHING_HELD_OUT", message }] };
  }
  const before = heldOut[0]?.loss;
  if (start.from === null || before == null || best?.loss == null) return { gained: undefined, warnings: [] };
  if (best.loss >= before) {
    throw new BridgeError(
      "MODEL_WORSE",
      `the run's held-out loss did not get better than ${before.toFixed(3)}; train longer, on more pieces or at a lower --lr, or add --force`,
      { data: { before, after: best.loss } },
    );
  }
  const gain = best.gain == null ? "" : `: ${describeGain(best.gain)}`;
  const gained = `held out, loss of a note: ${before.toFixed(3)} before, ${best.loss.toFixed(3)} after${gain}`;
  return { gained, warnings: warnOfChance(best.gain) };
}
