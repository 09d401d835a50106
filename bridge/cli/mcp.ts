/**
 * continuo mcp: the operations on files as tools for assistants.
 */
import { Command } from "commander";
import type { CliIo } from "./io.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Tools: list_files, list_tracks, read_notes, list_models, fill, vary, continue, evaluate_candidates. Files are read and
written inside the allowed folders alone, wherever links lead; relative names start in the first of them. A file that is
there is replaced only where a tool is told overwrite: true. A daemon that runs is used.

Examples:
  continuo mcp
  continuo mcp --allow ~/Music/songs --allow /tmp/drafts`;

export function mcpCommand(io: CliIo): Command {
  return new Command("mcp")
    .description("answer an assistant over stdin and stdout, by the Model Context Protocol")
    .option("--allow <FOLDER...>", "where files may be read and written (default: the working folder)")
    .option("--no-daemon", "fill here, also where a daemon runs")
    .addHelpText("after", EXAMPLES)
    .action(async ({ allow = ["."], daemon }: { allow?: string[]; daemon: boolean }) => {
      // Loaded only here: it is large.
      const [{ serveMcp }, { AllowedFolders }] = await Promise.all([
        import("../mcp/server.ts"),
        import("../mcp/allowed-folders.ts"),
      ]);
      const folders = new AllowedFolders(allow);
      await serveMcp({ folders, version: VERSION, env: io.env, useDaemon: daemon, signal: io.signal });
    });
}
