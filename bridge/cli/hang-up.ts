/**
 * Handles a terminal that is closed while a command works.
 */
import { readFileSync } from "node:fs";
import { isatty } from "node:tty";

/** Bit of SIGHUP, signal 1, in the kernel's mask of ignored signals. */
const HANG_UP = 1n;

/**
 * Call `act` when the terminal is closed, each time that a signal says so: the kernel and the shell may both send one. Not where
 * the command was started to outlive its terminal, as nohup does.
 */
export function onHangUp(act: () => void): void {
  if (!isIgnored()) process.on("SIGHUP", act);
}

/** Asked at the start: a terminal that is closed no longer says that it is one. */
const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));

/** End as a program ends whose terminal was closed: Node would abort for want of a terminal to reset. */
export function endHungUp(): void {
  if (!hasTerminal) return;
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}

/** Whether the parent process made this program ignore the signal: a handler of ours would undo that. */
function isIgnored(): boolean {
  if (process.platform === "win32") return false;
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & HANG_UP) !== 0n;
  } catch {
    // No such file on this system. What nohup starts has no terminal to write errors to.
    return process.stderr.isTTY !== true;
  }
}
