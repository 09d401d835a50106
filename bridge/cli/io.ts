/**
 * The parts of the process that a command may use: its streams, environment and the signal of Ctrl-C.
 */
import { visible } from "./visible.ts";

export interface CliStream {
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Standard input, read only by commands that use it. */
export interface CliInput extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
  /** Read no more, such as when the command is given up. */
  destroy(): unknown;
}

export interface CliIo {
  /** None where a command is run without. */
  readonly stdin?: CliInput;
  stdout: CliStream;
  stderr: CliStream;
  env: NodeJS.ProcessEnv;
  /** Aborts when the user wants to stop. */
  signal: AbortSignal;
  /** How much is said; in between where left out. */
  talk?: Talk;
}

/** What -q and -v ask for. */
interface Talk {
  /** Errors alone, and what was asked for. */
  isQuiet: boolean;
  /** Also how something was done, and where an error comes from. */
  isVerbose: boolean;
}

/** Print text that may hold names of anybody's. */
export function printLine(stream: CliStream, line = ""): void {
  stream.write(`${visible(line)}\n`);
}

/** Print a line with colours of our own, in which nothing is anybody else's. */
export function printPainted(stream: CliStream, line: string): void {
  stream.write(`${line}\n`);
}

/** Say what was done; not where only errors are wanted. */
export function say(io: Pick<CliIo, "stdout" | "talk">, line: string): void {
  if (io.talk?.isQuiet !== true) printLine(io.stdout, line);
}

/** Say how something was done, to those who want to know. */
export function remark(io: Pick<CliIo, "stderr" | "talk">, line: string): void {
  if (io.talk?.isVerbose === true) printLine(io.stderr, line);
}

/** The one JSON value of `--json`. */
export function printJson(stream: CliStream, value: unknown): void {
  printLine(stream, JSON.stringify(value));
}

/** NO_COLOR (any value) wins over FORCE_COLOR, which wins over what the stream is. */
export function hasColour(stream: CliStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}
