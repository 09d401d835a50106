/**
 * The command line: all subcommands, and how a call of it ends.
 */

import { Command, CommanderError } from "commander";
import { toBridgeError } from "../bridge-error.ts";
import { addCommand } from "./add.ts";
import { batchCommand } from "./batch.ts";
import { answerShell } from "./completion/ask.ts";
import { completionCommand } from "./completion.ts";
import { continueCommand } from "./continue.ts";
import { datasetCommand } from "./dataset.ts";
import { doctorCommand } from "./doctor.ts";
import { EXIT_DONE, errorLine, exitCodeOf, fromCommander, whereFrom } from "./errors.ts";
import { evalCommand } from "./eval.ts";
import { fillCommand } from "./fill.ts";
import { generateCommand } from "./generate.ts";
import { foldHelp, helpWidth } from "./help.ts";
import { humanizeCommand } from "./humanize.ts";
import { infoCommand } from "./info.ts";
import { installCommand, uninstallCommand } from "./install.ts";
import { type CliIo, printLine, remark } from "./io.ts";
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
    .version(VERSION, "-V, --version", "print the version")
    .helpCommand("help [COMMAND]", "show help for a command")
    .addHelpText("after", "\nEach command has its own help: continuo fill --help");
  program.addCommand(infoCommand(io));
  program.addCommand(fillCommand(io));
  program.addCommand(addCommand(io));
  program.addCommand(continueCommand(io));
  program.addCommand(varyCommand(io));
  program.addCommand(humanizeCommand(io));
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
  program.hook("preAction", (_program, command) => {
    const { quiet = false, verbose = false } = command.optsWithGlobals<{
      quiet?: boolean;
      verbose?: boolean;
    }>();
    io.talk = { isQuiet: quiet, isVerbose: verbose };
  });
  return program;
}

/** Settings that commander does not hand down to commands that were built elsewhere. */
function prepare(command: Command, io: CliIo): void {
  command.exitOverride().showHelpAfterError(false);
  command
    .option("-q, --quiet", "print only errors and requested output")
    .option("-v, --verbose", "also print how it was done, and the cause of errors")
    .helpOption("-h, --help", "show help");
  command.configureHelp({ minWidthToWrap: 20 });
  command.configureOutput({
    writeOut: (text) => io.stdout.write(foldHelp(text, helpWidth(io), process.platform !== "win32")),
    // Errors are printed once, in our own shape, by runProgram.
    writeErr: () => {},
    getOutHelpWidth: () => helpWidth(io),
    getOutHasColors: () => false,
  });
  if (command.commands.length > 0 && command.parent !== null)
    command.helpCommand("help [COMMAND]", "show help for a command");
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
    // The words typed so far are not a complete command line.
    if (args[0] === "__complete") {
      await answerShell(io, args.slice(1));
      return EXIT_DONE;
    }
    if (args.length === 0) {
      program.outputHelp();
      return EXIT_DONE;
    }
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.code === "commander.help") {
      // "help COMMAND" has printed it; a command that needs one of its own and was given none has not.
      if (thrown.exitCode !== 0) calledOf(program, args).outputHelp();
      return EXIT_DONE;
    }
    const error =
      thrown instanceof CommanderError
        ? fromCommander(thrown, `${nameOf(calledOf(program, args))} --help`)
        : toBridgeError(thrown);
    if (error === undefined) return EXIT_DONE;
    printLine(io.stderr, errorLine(error));
    for (const line of whereFrom(error)) remark(io, line);
    return exitCodeOf(error);
  }
}

/** The command that was called, as far as its name can be read. */
function calledOf(program: Command, args: readonly string[]): Command {
  let called = program;
  for (const word of args) {
    if (word.startsWith("-")) continue;
    const child = called.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) break;
    called = child;
  }
  return called;
}

/** With the names of those that it is part of. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
