/**
 * Completion for fish.
 */
import type { CompletionCommand, CompletionOption } from "./tree.ts";

export function fishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap((command) => [
    ...command.subcommands.map((name) => subcommandLine(command, name, commands)),
    ...command.options.map((option) => optionLine(command, option)),
  ]);
  return `# fish completion for continuo; use it with: continuo completion fish | source
${lines.join("\n")}
`;
}

function subcommandLine(parent: CompletionCommand, name: string, all: readonly CompletionCommand[]): string {
  const child = all.find(({ path }) => path.join(" ") === [...parent.path, name].join(" "));
  const condition =
    parent.path.length === 0
      ? "__fish_use_subcommand"
      : `${seen(parent.path)}; and not __fish_seen_subcommand_from ${parent.subcommands.join(" ")}`;
  return `complete -c continuo -f -n ${quote(condition)} -a ${name} -d ${quote(child?.description ?? "")}`;
}

function optionLine(command: CompletionCommand, option: CompletionOption): string {
  const condition = command.path.length === 0 ? "__fish_use_subcommand" : seen(command.path);
  const short = option.short === undefined ? "" : ` -s ${option.short.slice(1)}`;
  const value = !option.takesValue
    ? ""
    : option.choices.length > 0
      ? ` -x -a ${quote(option.choices.join(" "))}`
      : " -r";
  return `complete -c continuo -n ${quote(condition)} -l ${option.long.replace(/^--/, "")}${short}${value} -d ${quote(option.description)}`;
}

function seen(path: readonly string[]): string {
  return path.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ");
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
