/**
 * continuo token: the secret that clients of the daemon must know.
 */
import { Command } from "commander";
import { secureHome } from "../instance/home-rights.ts";
import { ensureToken, rotateToken } from "../instance/token.ts";
import { type CliIo, printLine } from "./io.ts";

export function tokenCommand(io: CliIo): Command {
  return new Command("token")
    .description("print the token that clients of the daemon need")
    .option(
      "--rotate",
      "make a new one; scripts that read the file keep working, everything else needs the new token",
    )
    .addHelpText("after", "\nExamples:\n  continuo token\n  continuo token --rotate")
    .action((options: { rotate?: boolean }) => {
      for (const remark of secureHome(io.env)) printLine(io.stderr, `warning: ${remark}`);
      printLine(io.stdout, options.rotate ? rotateToken(io.env) : ensureToken(io.env));
    });
}
