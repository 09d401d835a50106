/**
 * What happens when something fails that nobody took care of: a fault of the program, after which its state is not to be
 * relied on. The daemon writes what is not on the disk yet, says why, and ends with an exit code of its own, so that the
 * service that started it starts it again.
 */
import { inspect } from "node:util";
import type { Life } from "./life.ts";
import type { Log } from "./log.ts";

/** EX_SOFTWARE of sysexits.h. */
export const EXIT_FAULT = 70;
/** For writing what is left; then it ends all the same. */
const GRACE_MS = 5_000;

export function endOnFault(life: Life, { logger }: Log): void {
  let isEnding = false;
  const end = (thrown: unknown) => {
    // What fails while it ends changes nothing any more.
    if (isEnding) return;
    isEnding = true;
    process.exitCode = EXIT_FAULT;
    const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown);
    process.stderr.write(
      `error[INTERNAL_ERROR]: a bug in continuo ended the daemon (${why.replace(/\s+/g, " ")}); please report it with its log\n`,
    );
    logger.fatal(
      { reason: why, stack: thrown instanceof Error ? thrown.stack : undefined },
      "a fault ended the daemon",
    );
    setTimeout(() => process.exit(EXIT_FAULT), GRACE_MS).unref();
    life.stop().then(
      () => process.exit(EXIT_FAULT),
      () => process.exit(EXIT_FAULT),
    );
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
  life.atEnd(() => {
    if (isEnding) return;
    process.off("uncaughtException", end);
    process.off("unhandledRejection", end);
  });
}
