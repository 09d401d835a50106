/**
 * The command line: all subcommands, and how a call of it ends.
 */

import { Command, CommanderError } from "commander";
import { toBridgeError } from "../bridge-error.ts";
import { batchCommand } from "./batch.ts";
import { completionCommand } from "./completion.ts";
import { continueCommand } from "./continue.ts";
import { datasetCommand } from "./dataset.ts";
import { doctorCommand } from "./doctor.ts";
import { EXIT_DONE, errorLine, exitCodeOf, fromCommander } from "./errors.ts";
import { evalCommand } from "./eval.ts";
import { fillCommand } from "./fill.ts";
import { generateCommand } from "./generate.ts";
import { infoCommand } from "./info.ts";
import { installCommand, uninstallCommand } from "./install.ts";
import { type CliIo, printLine } from "./io.ts";
import { mcpCommand } from "./mcp.ts";
import { modelsCommand } from "./models.ts";
import { notesCommand } from "./notes.ts";
import { openCommand } from "./open.ts";
import { replayCommand } from "./replay.ts";
import { serveCommand } from "./serve.ts";
import { statusCommand, stopCommand } from "./status.ts";
import { tokenCommand } from "./token.ts";
import { trainCommand } from "./train.ts";
import { varyCommand } from "./vary.ts";
import { VERSION } from "./version.ts";
import { watchCommand } from "./watch.ts";

/** @param setExitCode  for commands that print their answer and still have failed */
export function buildProgram(io: CliIo, setExitCode: (exitCode: number) => void): Command {
  const program = new Command("continuo")
    .description("fill bars of MIDI files with notes that fit, on this machine")
    .version(VERSION, "--version", "print the version")
    .addHelpText("after", "\nEach command has its own help: continuo fill --help");
  program.addCommand(infoCommand(io));
  program.addCommand(fillCommand(io));
  program.addCommand(continueCommand(io));
  program.addCommand(varyCommand(io));
  program.addCommand(batchCommand(io, setExitCode));
  program.addCommand(watchCommand(io));
  program.addCommand(generateCommand(io));
  program.addCommand(notesCommand(io));
  program.addCommand(modelsCommand(io));
  program.addCommand(datasetCommand(io));
  program.addCommand(trainCommand(io));
  program.addCommand(evalCommand(io));
  program.addCommand(openCommand(io));
  program.addCommand(serveCommand(io));
  program.addCommand(statusCommand(io));
  program.addCommand(stopCommand(io));
  program.addCommand(tokenCommand(io));
  program.addCommand(replayCommand(io, setExitCode));
  program.addCommand(installCommand(io));
  program.addCommand(uninstallCommand(io));
  program.addCommand(mcpCommand(io));
  program.addCommand(doctorCommand(io, setExitCode));
  program.addCommand(completionCommand(io, program));
  prepare(program, io);
  return program;
}

/** Settings that commander does not hand down to commands that were built elsewhere. */
function prepare(command: Command, io: CliIo): void {
  command.exitOverride().showHelpAfterError(false).helpOption("-h, --help", "say how it is used");
  command.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    // Errors are printed once, in our own shape, by runProgram.
    writeErr: () => {},
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getOutHasColors: () => false,
  });
  for (const child of command.commands) prepare(child, io);
}

/**
 * Run one command line.
 * @param args  what follows the program's name
 * @returns     the exit code
 */
export async function runProgram(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = EXIT_DONE;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    if (args.length === 0) {
      program.outputHelp();
      return EXIT_DONE;
    }
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    const error =
      thrown instanceof CommanderError
        ? fromCommander(thrown, helpFor(program, args))
        : toBridgeError(thrown);
    if (error === undefined) return EXIT_DONE;
    printLine(io.stderr, errorLine(error));
    return exitCodeOf(error);
  }
}

/** The help of the subcommand that was called, as far as its name can be read. */
function helpFor(program: Command, args: readonly string[]): string {
  const command = program.commands.find((candidate) => candidate.name() === args[0]);
  return command === undefined ? "continuo --help" : `continuo ${command.name()} --help`;
}
