/**
 * Completion for zsh.
 */
import type { CompletionArgument, CompletionCommand, CompletionOption } from "./tree.ts";
import type { Values } from "./values.ts";

export function zshCompletion(commands: readonly CompletionCommand[]): string {
  const functions = commands.map(commandFunction);
  return `#compdef continuo
# zsh completion for continuo; use it with: continuo completion zsh > "\${fpath[1]}/_continuo"
# Values that only the program knows: one a line, its description after a tab.
_continuo_ask() {
  local line
  local -a described
  for line in "\${(@f)$("$continuo_program" __complete $1 "\${(@Q)words}" 2>/dev/null)}"; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -t $1 $1 described
}
${functions.join("\n")}
if [ "$funcstack[1]" = "_continuo" ]; then _continuo "$@"; else compdef _continuo continuo; fi
`;
}

function commandFunction(
  command: CompletionCommand,
  _index: number,
  all: readonly CompletionCommand[],
): string {
  const isRoot = command.path.length === 0;
  const options = command.options.flatMap(optionSpecs).map((spec) => `    ${spec}`);
  if (command.subcommands.length === 0) {
    const operands = command.arguments.map(argumentSpec).map((spec) => `    ${spec}`);
    return [
      `${functionName(command.path)}() {`,
      "  _arguments \\",
      [...options, ...operands].join(" \\\n"),
      "}",
    ].join("\n");
  }
  const described = command.subcommands.map((name) => {
    const child = all.find(({ path }) => path.join(" ") === [...command.path, name].join(" "));
    return `    ${quote(`${name}:${child?.description ?? ""}`)}`;
  });
  const cases = command.subcommands.map((name) => `    ${name}) ${functionName([...command.path, name])} ;;`);
  return [
    `${functionName(command.path)}() {`,
    ...(isRoot ? [`  local continuo_program="\${(Q)words[1]}"`] : []),
    "  local state line",
    "  local -a subcommands",
    "  subcommands=(",
    ...described,
    "  )",
    "  _arguments -C \\",
    ...options.map((line) => `${line} \\`),
    "    '1: :->command' '*:: :->arguments'",
    "  case $state in",
    "  command) _describe command subcommands ;;",
    "  arguments) case $line[1] in",
    ...cases,
    "  esac ;;",
    "  esac",
    "}",
  ].join("\n");
}

function functionName(path: readonly string[]): string {
  return ["_continuo", ...path].join("_");
}

/** Its long and its short form. */
function optionSpecs({ long, short, description, values }: CompletionOption): string[] {
  const text = description.replace(/[[\]]/g, "").replaceAll(":", "\\:");
  const value = values === undefined ? "" : `:value:${action(values)}`;
  return [long, ...(short === undefined ? [] : [short])].map((name) => quote(`${name}[${text}]${value}`));
}

function argumentSpec({ values, isVariadic }: CompletionArgument, index: number): string {
  return quote(`${isVariadic ? "*" : index + 1}: :${action(values)}`);
}

function action({ kind, choices }: Values): string {
  switch (kind) {
    case "choices":
      return `(${choices.join(" ")})`;
    case "folders":
      return "_files -/";
    case "files":
      return "_files";
    case "text":
      return " ";
    default:
      // With a space before it, it gets no arguments of zsh's own.
      return ` _continuo_ask ${kind}`;
  }
}

/** Single quotes, with those inside closed and opened again. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
