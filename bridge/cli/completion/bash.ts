/**
 * Completion for bash.
 */
import type { CompletionCommand } from "./tree.ts";

export function bashCompletion(commands: readonly CompletionCommand[]): string {
  const words = commands.map(
    ({ path, options, subcommands }) =>
      `    "${path.join(" ")}") words="${[...subcommands, ...options.map((option) => option.long)].join(" ")}" ;;`,
  );
  const choices = commands.flatMap(({ path, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .map((option) => `    "${path.join(" ")} ${option.long}") words="${option.choices.join(" ")}" ;;`),
  );
  const parents = commands.filter(({ subcommands, path }) => path.length > 0 && subcommands.length > 0);
  const isParent = parents.map(({ path }) => path.join(" ")).join("|") || "none";
  return `# bash completion for continuo; use it with: source <(continuo completion bash)
_continuo() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  local command=""
  [ "$COMP_CWORD" -gt 1 ] && command="\${COMP_WORDS[1]}"
  case "$command" in
    ${isParent}) [ "$COMP_CWORD" -gt 2 ] && command="$command \${COMP_WORDS[2]}" ;;
  esac
  case "$command" in
${words.join("\n")}
  esac
  case "$command $previous" in
${choices.join("\n")}
  esac
  COMPREPLY=()
  if [ -n "$words" ] && { [ "\${current#-}" != "$current" ] || [ "$COMP_CWORD" -eq 1 ] || [ "\${words#-}" = "$words" ]; }; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _continuo continuo
`;
}
