/**
 * Completion for zsh.
 */
import type { CompletionCommand, CompletionOption } from "./tree.ts";

export function zshCompletion(commands: readonly CompletionCommand[]): string {
  const functions = commands.map(commandFunction);
  return `#compdef continuo
# zsh completion for continuo; use it with: continuo completion zsh > "\${fpath[1]}/_continuo"
${functions.join("\n")}
if [ "$funcstack[1]" = "_continuo" ]; then _continuo "$@"; else compdef _continuo continuo; fi
`;
}

function commandFunction(
  command: CompletionCommand,
  _index: number,
  all: readonly CompletionCommand[],
): string {
  const options = command.options.map((option) => `    ${optionSpec(option)}`);
  if (command.subcommands.length === 0) {
    return [
      `${functionName(command.path)}() {`,
      "  _arguments \\",
      ...options.map((line) => `${line} \\`),
      "    '*:file:_files'",
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

function optionSpec(option: CompletionOption): string {
  const description = option.description.replace(/[[\]]/g, "");
  const value = !option.takesValue
    ? ""
    : option.choices.length > 0
      ? `:value:(${option.choices.join(" ")})`
      : ":value:_files";
  return quote(`${option.long}[${description}]${value}`);
}

/** Single quotes, with those inside closed and opened again. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
