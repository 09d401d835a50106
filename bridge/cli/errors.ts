/**
 * How errors end the program: one line `error[CODE]: what, where, what to do`, and the exit code.
 */
import type { CommanderError } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { visibleLine } from "./visible.ts";

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** As shells report a program that Ctrl-C ended. */
export const EXIT_CANCELLED = 130;

/** What is wrong with the command itself, whatever the files hold. */
const USAGE_CODES = new Set([
  "ARGUMENT_EXCESS",
  "ARGUMENT_MISSING",
  "BARS_INVALID",
  "COMMAND_UNKNOWN",
  "DEVICE_UNKNOWN",
  "DURATION_INVALID",
  "INPUT_IS_TERMINAL",
  "MODEL_BUNDLED",
  "MODEL_EXISTS",
  "MODEL_NAME_INVALID",
  "MODEL_UNKNOWN",
  "NUMBER_INVALID",
  "OPTION_CONFLICT",
  "OPTION_INVALID",
  "OPTION_MISSING",
  "OPTION_UNKNOWN",
  "OPTION_UNSUPPORTED",
  "OPTION_VALUE_MISSING",
  "OUTPUT_IS_INPUT",
  "OUTPUT_IS_TERMINAL",
  "OUTPUT_MISSING",
  "PITCH_INVALID",
  "PITCH_RANGE_INVERTED",
  "RANGE_INVALID",
  "REGION_EMPTY",
  "REGION_INVERTED",
  "REGION_MISSING",
  "RUN_MISSING",
  "SCALE_UNKNOWN",
  "PART_UNKNOWN",
  "PARTS_TOO_MANY",
  "CHORD_UNKNOWN",
  "SHELL_UNKNOWN",
  "TICKS_INVALID",
  "TRACK_REPEATED",
  "TRAIN_CONFIG",
]);

export function exitCodeOf(error: BridgeError): number {
  if (error.code === "CANCELLED") return EXIT_CANCELLED;
  return USAGE_CODES.has(error.code) || error.code.endsWith("_OUT_OF_RANGE") ? EXIT_USAGE : EXIT_FAILED;
}

export function errorLine(error: Pick<BridgeError, "code" | "message">): string {
  return `error[${error.code}]: ${visibleLine(error.message)}`;
}

/** What lies behind an error, for those who look into it. */
export function whereFrom(error: Error): string[] {
  const { cause } = error;
  const own = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  if (!(cause instanceof Error)) return cause === undefined ? own : [...own, `caused by: ${String(cause)}`];
  return [...own, `caused by: ${cause.name}: ${cause.message}`, ...whereFrom(cause)];
}

const CODE_OF_COMMANDER: Readonly<Record<string, string>> = {
  "commander.conflictingOption": "OPTION_CONFLICT",
  "commander.excessArguments": "ARGUMENT_EXCESS",
  "commander.invalidArgument": "OPTION_INVALID",
  "commander.missingArgument": "ARGUMENT_MISSING",
  "commander.missingMandatoryOptionValue": "OPTION_MISSING",
  "commander.optionMissingArgument": "OPTION_VALUE_MISSING",
  "commander.unknownCommand": "COMMAND_UNKNOWN",
  "commander.unknownOption": "OPTION_UNKNOWN",
};

/** Commander's error in our shape; `undefined` where it only ended the program after help or version. */
export function fromCommander(error: CommanderError, helpCommand: string): BridgeError | undefined {
  if (error.exitCode === 0) return undefined;
  const code = CODE_OF_COMMANDER[error.code] ?? "OPTION_INVALID";
  const what = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  return new BridgeError(code, `${what}; see ${helpCommand}`);
}
