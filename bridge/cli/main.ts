/**
 * The program `continuo`: the process around the commands.
 */

import { outputError } from "../output-error.ts";
import { EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED, errorLine } from "./errors.ts";
import { endHungUp, onHangUp } from "./hang-up.ts";
import { printLine } from "./io.ts";
import { runProgram } from "./program.ts";

const controller = new AbortController();
const stop = () => {
  // A second Ctrl-C does not wait for anything.
  if (controller.signal.aborted) process.exit(EXIT_CANCELLED);
  controller.abort();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
let isHungUp = false;
onHangUp(() => {
  // As by SIGTERM, but a second signal still waits for the checkpoint of a training.
  isHungUp = true;
  controller.abort();
});
// A daemon that trains ends this by the channel between them, which Windows has too, and which ends with it.
process.on("disconnect", () => controller.abort());
process.channel?.unref();
// It may have ended before anybody listened.
if (process.send !== undefined && !process.connected) controller.abort();
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (isHungUp) return;
  // A reader that went away, as in `continuo info song.mid | head -1`, is not an error.
  if (error.code === "EPIPE") process.exit(EXIT_DONE);
  printLine(process.stderr, errorLine(outputError("standard output", error)));
  process.exit(EXIT_FAILED);
});
// There is nowhere left to say it.
process.stderr.on("error", () => {});

process.exitCode = await runProgram(process.argv.slice(2), {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: controller.signal,
});
if (isHungUp) endHungUp();
