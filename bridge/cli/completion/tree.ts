/**
 * The command line as data, read off the program itself, so that completions cannot fall behind it.
 */
import type { Command, Option } from "commander";

export interface CompletionOption {
  long: string;
  short: string | undefined;
  description: string;
  takesValue: boolean;
  choices: readonly string[];
}

export interface CompletionCommand {
  /** Words after the program's name, such as `models list`. */
  path: readonly string[];
  description: string;
  options: readonly CompletionOption[];
  /** Words that may follow: subcommands. */
  subcommands: readonly string[];
}

/** The program and all its commands, parents first. */
export function completionTree(command: Command, path: readonly string[] = []): CompletionCommand[] {
  const own: CompletionCommand = {
    path,
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(describeOption),
    subcommands: command.commands.map((child) => child.name()),
  };
  return [own, ...command.commands.flatMap((child) => completionTree(child, [...path, child.name()]))];
}

function describeOption(option: Option): CompletionOption {
  return {
    long: option.long ?? option.flags,
    short: option.short,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}
