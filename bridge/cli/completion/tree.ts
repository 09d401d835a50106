/**
 * The command line as data, derived from the program itself, so that completions stay current.
 */
import type { Command, Option } from "commander";
import { type Values, valuesOfArgument, valuesOfOption } from "./values.ts";

export interface CompletionOption {
  long: string;
  short: string | undefined;
  description: string;
  /** Undefined of an option without a value. */
  values: Values | undefined;
}

export interface CompletionArgument {
  values: Values;
  /** Whether it may be given several times. */
  isVariadic: boolean;
}

export interface CompletionCommand {
  /** Words after the program's name, such as `models list`. */
  path: readonly string[];
  description: string;
  options: readonly CompletionOption[];
  arguments: readonly CompletionArgument[];
  /** Words that may follow: subcommands. */
  subcommands: readonly string[];
}

const HELP = "help";

/** The program and all its commands, parents first. */
export function completionTree(command: Command, path: readonly string[] = []): CompletionCommand[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => command.commands.includes(child));
  const name = path.join(" ");
  const own: CompletionCommand = {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map((option) => describeOption(name, option)),
    arguments: command.registeredArguments.map((argument) => ({
      values: valuesOfArgument(name, argument),
      isVariadic: argument.variadic,
    })),
    subcommands: children.map((child) => child.name()),
  };
  if (children.length === 0) return [own];
  const below = children.flatMap((child) => completionTree(child, [...path, child.name()]));
  return [{ ...own, subcommands: [...own.subcommands, HELP] }, ...below, helpOf(own)];
}

/** The command that commander adds by itself. */
function helpOf({ path, subcommands }: CompletionCommand): CompletionCommand {
  return {
    path: [...path, HELP],
    description: "show help for a command",
    options: [],
    arguments: [{ values: { kind: "choices", choices: subcommands }, isVariadic: false }],
    subcommands: [],
  };
}

function describeOption(command: string, option: Option): CompletionOption {
  return {
    long: option.long ?? option.flags,
    short: option.short,
    description: option.description,
    values: option.required || option.optional ? valuesOfOption(command, option) : undefined,
  };
}
