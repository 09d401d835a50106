/**
 * What the page says of candidates, and of what went wrong.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";
import { countOf } from "../app/counts.ts";

const LETTERS = 26;

/** What is said of a candidate. */
interface Facts {
  readonly notes: readonly unknown[];
  /** Share of notes in runs that stand elsewhere around, 0 to 1. */
  readonly copied: number;
  /** Share of notes outside the scale around, 0 to 1. */
  readonly outOfScale: number;
}

/** A name of a candidate: "A", "B", ... "Z", "A2". */
export function letterOf(index: number): string {
  const round = Math.floor(index / LETTERS);
  return `${String.fromCharCode(65 + (index % LETTERS))}${round === 0 ? "" : round + 1}`;
}

/** Such as "12 notes", "30 % as around", "all in scale"; as around are those that repeat other bars. */
export function factsOf({ notes, copied, outOfScale }: Facts, isDrums: boolean): string[] {
  if (notes.length === 0) return ["silence"];
  const share = Math.round(100 * copied);
  const outside = Math.round(100 * outOfScale);
  return [
    countOf(notes.length, "note"),
    share === 0 ? "all new" : `${share} % as around`,
    ...(isDrums ? [] : [outside === 0 ? "all in scale" : `${outside} % off scale`]),
  ];
}

/** Why a fill failed, and whether it is worth asking again. */
export interface Problem {
  readonly text: string;
  readonly canRetry: boolean;
}

/** Codes of a daemon that went away. */
const AWAY = new Set(["CONNECTION_LOST", "DAEMON_UNREACHABLE", "JOB_INTERRUPTED", "SHUTTING_DOWN"]);

/** Messages that speak of the command line, as they read beside the page's own controls. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  RHYTHM_EMPTY: "These bars have no notes whose rhythm could be kept. Choose Rhythm: free, under More.",
  REORDERED: "Candidates like those that you kept before come first.",
};

export function problemOf(thrown: unknown): Problem {
  const { code, message, retryable } =
    thrown instanceof BridgeError
      ? thrown
      : { code: "", message: thrown instanceof Error ? thrown.message : String(thrown), retryable: false };
  if (AWAY.has(code)) {
    return {
      text: "The connection to Continuo was lost, and the fill with it. Nothing was changed.",
      canRetry: true,
    };
  }
  return { text: OWN_WORDS[code] ?? sentence(message), canRetry: retryable };
}

export function warningText({ code, message }: { code: string; message: string }): string {
  return OWN_WORDS[code] ?? sentence(message);
}

/** A message as a sentence. */
export function sentence(message: string): string {
  const text = message.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
