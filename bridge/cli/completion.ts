/**
 * continuo completion: a script that lets a shell complete commands and options.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { type CompletionCommand, completionTree } from "./completion/tree.ts";
import { zshCompletion } from "./completion/zsh.ts";
import type { CliIo } from "./io.ts";

const SHELLS: ReadonlyMap<string, (commands: readonly CompletionCommand[]) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

const EXAMPLES = `
Examples:
  source <(continuo completion bash)
  continuo completion zsh > "\${fpath[1]}/_continuo"
  continuo completion fish | source`;

/** @param program  whose commands are completed; read when the script is asked for */
export function completionCommand(io: CliIo, program: Command): Command {
  return new Command("completion")
    .description("print a completion script for bash, zsh or fish")
    .argument("<SHELL>", "bash, zsh or fish")
    .addHelpText("after", EXAMPLES)
    .action((shell: string) => {
      const write = SHELLS.get(shell);
      if (write === undefined) {
        const known = [...SHELLS.keys()].join(", ");
        throw new BridgeError("SHELL_UNKNOWN", `no completion for ${shell}; choose one of ${known}`, {
          data: { shell },
        });
      }
      io.stdout.write(write(completionTree(program)));
    });
}
