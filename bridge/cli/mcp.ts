/**
 * continuo mcp: the operations on files as tools for assistants.
 */
import { Command } from "commander";
import type { CliIo } from "./io.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Tools: list_files, list_tracks, read_notes, list_models, fill, vary, continue, evaluate_candidates. Files are read and
written inside the allowed folders only, also where links lead; relative names start in the first of them. An existing
file is replaced only if the tool is called with overwrite: true. A running daemon is used.

Examples:
  continuo mcp
  continuo mcp --allow ~/Music/songs --allow /tmp/drafts`;

export function mcpCommand(io: CliIo): Command {
  return new Command("mcp")
    .description("serve an assistant over stdin and stdout, using the Model Context Protocol")
    .option("--allow <FOLDER...>", "where files may be read and written (default: the working folder)")
    .option("--no-daemon", "fill in this process even if a daemon runs")
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
