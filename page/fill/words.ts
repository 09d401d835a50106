/**
 * The page's texts about candidates and errors.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";
import { plural } from "../../bridge/plural.ts";
import { chordProblem } from "../editor/chords.ts";
import { isAway } from "../ui/is-away.ts";
import { plainText, sentence } from "../ui/plain-words.ts";

const LETTERS = 26;

/** What is said of a candidate. */
interface Facts {
  readonly notes: readonly unknown[];
  /** Share of notes in sequences that also occur nearby, 0 to 1. */
  readonly copied: number;
  /** Share of notes outside the scale around, 0 to 1. */
  readonly outOfScale: number;
}

/** A name of a candidate: "A", "B", ... "Z", "A2". */
export function letterOf(index: number): string {
  const round = Math.floor(index / LETTERS);
  return `${String.fromCharCode(65 + (index % LETTERS))}${round === 0 ? "" : round + 1}`;
}

/** Such as "12 notes", "repeats 30 % of the bars around", "all in the scale". */
export function factsOf({ notes, copied, outOfScale }: Facts, isDrums: boolean): string[] {
  if (notes.length === 0) return ["silence"];
  const share = Math.round(100 * copied);
  const outside = Math.round(100 * outOfScale);
  return [
    plural(notes.length, "note"),
    share === 0 ? "all new" : `repeats ${share} % of the bars around`,
    ...(isDrums ? [] : [outside === 0 ? "all in the scale" : `${outside} % outside the scale`]),
  ];
}

/** Why a fill failed, and whether it is worth asking again. */
export interface Problem {
  readonly text: string;
  readonly canRetry: boolean;
}

/** Codes of a fill that went with the daemon, besides those of a daemon that is not there. */
const GONE = new Set(["JOB_INTERRUPTED", "SHUTTING_DOWN"]);

/** Messages that speak of the command line, as they read beside the page's own controls. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  RHYTHM_EMPTY: "These bars have no notes whose rhythm could be kept. Choose Rhythm: free, under More.",
  REORDERED: "Candidates like those that you kept before come first.",
  NOTHING_TO_HEAR:
    "Nothing with a pitch plays around these bars yet. Give the chords, such as Am | F | C G | Em, or a key.",
};

/** @param firstBar  of the region, from 1 */
export function problemOf(thrown: unknown, firstBar = 1): Problem {
  const { code, retryable } = thrown instanceof BridgeError ? thrown : { code: "", retryable: false };
  if (isAway(thrown) || GONE.has(code)) {
    return {
      text: "The connection to Continuo was lost, and the fill with it. Nothing was changed.",
      canRetry: true,
    };
  }
  const text = chordProblem(thrown, firstBar) ?? OWN_WORDS[code] ?? plainText(thrown);
  return { text, canRetry: retryable };
}

export function warningText({ code, message }: { code: string; message: string }): string {
  return OWN_WORDS[code] ?? sentence(message);
}
