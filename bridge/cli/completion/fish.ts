/**
 * Completion for fish.
 */
import type { CompletionCommand, CompletionOption } from "./tree.ts";
import type { Values } from "./values.ts";

export function fishCompletion(commands: readonly CompletionCommand[]): string {
  const lines = commands.flatMap((command) => [
    ...command.subcommands.map((name) => subcommandLine(command, name, commands)),
    ...command.options.map((option) => optionLine(command, option, commands)),
    ...argumentLines(command, commands),
  ]);
  return `# fish completion for continuo; use it with: continuo completion fish | source
# Values that only the program knows: one a line, its description after a tab.
function __continuo_ask
    set -l words (commandline -opc)
    $words[1] __complete $argv[1] $words[2..-1] 2>/dev/null
end
${lines.join("\n")}
`;
}

function subcommandLine(parent: CompletionCommand, name: string, all: readonly CompletionCommand[]): string {
  const child = all.find(({ path }) => path.join(" ") === [...parent.path, name].join(" "));
  const condition =
    parent.path.length === 0
      ? "__fish_use_subcommand"
      : `${seen(parent.path, all)}; and not __fish_seen_subcommand_from ${parent.subcommands.join(" ")}`;
  return `complete -c continuo -f -n ${quote(condition)} -a ${name} -d ${quote(child?.description ?? "")}`;
}

function optionLine(
  command: CompletionCommand,
  option: CompletionOption,
  all: readonly CompletionCommand[],
): string {
  const condition = command.path.length === 0 ? "__fish_use_subcommand" : seen(command.path, all);
  const short = option.short === undefined ? "" : ` -s ${option.short.slice(1)}`;
  const value = option.values === undefined ? "" : action(option.values, " -r");
  return `complete -c continuo -n ${quote(condition)} -l ${option.long.replace(/^--/, "")}${short}${value} -d ${quote(option.description)}`;
}

/** Files are completed unless something else is known. */
function argumentLines(
  { path, arguments: [first] }: CompletionCommand,
  all: readonly CompletionCommand[],
): string[] {
  if (first === undefined || first.values.kind === "files" || first.values.kind === "text") return [];
  return [
    `complete -c continuo -f -n ${quote(seen(path, all))}${action(first.values, "").replace(" -x", "")}`,
  ];
}

function action({ kind, choices }: Values, otherwise: string): string {
  switch (kind) {
    case "choices":
      return ` -x -a ${quote(choices.join(" "))}`;
    case "folders":
      return " -x -a '(__fish_complete_directories)'";
    case "text":
      return " -x";
    case "files":
      return otherwise;
    default:
      return ` -x -a '(__continuo_ask ${kind})'`;
  }
}

/** Fish looks for words anywhere: a name that commands of other commands have is told apart by these. */
function seen(path: readonly string[], all: readonly CompletionCommand[]): string {
  const [name = "", ...more] = path;
  const parents = all
    .filter((command) => more.length === 0 && command.path.length === 1 && command.subcommands.includes(name))
    .map((command) => command.path.join(" "));
  const conditions = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  if (parents.length > 0) conditions.push(`not __fish_seen_subcommand_from ${parents.join(" ")}`);
  return conditions.join("; and ");
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
