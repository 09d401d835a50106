/**
 * Completion for bash.
 */
import type { CompletionCommand } from "./tree.ts";
import type { Values } from "./values.ts";

export function bashCompletion(commands: readonly CompletionCommand[]): string {
  const words = commands.map(
    ({ path, options, subcommands }) =>
      `    "${path.join(" ")}") words="${[...subcommands, ...options.map((option) => option.long)].join(" ")}" ;;`,
  );
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ long, short, values: known }) => {
      if (known === undefined) return [];
      const names = [long, ...(short === undefined ? [] : [short])];
      return [
        `    ${names.map((name) => `"${[...path, name].join(" ")}"`).join("|")}) ${complete(known)}; return ;;`,
      ];
    }),
  );
  const cases = commands.flatMap(({ path, arguments: [first] }) =>
    first === undefined ? [] : [`    "${path.join(" ")}") ${complete(first.values)} ;;`],
  );
  const parents = commands.filter(({ subcommands, path }) => path.length > 0 && subcommands.length > 0);
  const isParent = parents.map(({ path }) => path.join(" ")).join("|") || "none";
  return `# bash completion for continuo; use it with: source <(continuo completion bash)
_continuo_choose() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
_continuo_folders() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen -d -- "$current"))
}
# Values that only the program knows, one a line before a tab.
_continuo_ask() {
  local value quote="" plain="$current"
  case "$current" in [\\"\\']*) quote="\${current:0:1}"; plain="\${current:1}" ;; *) plain="\${current//\\\\/}" ;; esac
  while IFS= read -r value; do
    value="\${value%%$'\\t'*}"
    case "$value" in
      "$plain"*) if [ -n "$quote" ]; then COMPREPLY+=("$value"); else COMPREPLY+=("$(printf %q "$value")"); fi ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "$1" "\${COMP_WORDS[@]:1}" 2>/dev/null)
}
_continuo() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" words="" command="" index
  [ "$COMP_CWORD" -gt 0 ] && previous="\${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value comes as three words.
  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in -*) continue ;; esac
    case "$command" in
      "") command="\${COMP_WORDS[index]}" ;;
      ${isParent}) command="$command \${COMP_WORDS[index]}"; break ;;
      *) break ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
${values.join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
  if [ "\${current#-}" != "$current" ] || { [ -n "$words" ] && [ "\${words#-}" = "$words" ]; }; then
    _continuo_choose "$words"
    return
  fi
  case "$command" in
${cases.join("\n")}
  esac
}
complete -o default -F _continuo continuo
`;
}

function complete({ kind, choices }: Values): string {
  switch (kind) {
    case "choices":
      return `_continuo_choose "${choices.join(" ")}"`;
    case "folders":
      return "_continuo_folders";
    case "files":
    case "text":
      return ":";
    default:
      return `_continuo_ask ${kind}`;
  }
}
