/**
 * The program `continuo`: the process around the commands.
 */
import { EXIT_CANCELLED } from "./errors.ts";
import { runProgram } from "./program.ts";

const controller = new AbortController();
const stop = () => {
  // A second Ctrl-C does not wait for anything.
  if (controller.signal.aborted) process.exit(EXIT_CANCELLED);
  controller.abort();
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
// A daemon that trains ends this by the channel between them, which Windows has too, and which ends with it.
process.on("disconnect", () => controller.abort());
process.channel?.unref();
// It may have ended before anybody listened.
if (process.send !== undefined && !process.connected) controller.abort();
// A reader that went away, as in `continuo info song.mid | head -1`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: controller.signal,
});
