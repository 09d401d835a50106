/**
 * Prints warnings on stderr.
 */
import { type CliIo, printLine } from "./io.ts";
import { visibleLine } from "./visible.ts";

export function printWarnings(io: CliIo, warnings: readonly { code: string; message: string }[]): void {
  if (io.talk?.isQuiet) return;
  for (const { code, message } of warnings) printLine(io.stderr, `warning[${code}]: ${visibleLine(message)}`);
}
