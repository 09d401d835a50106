/**
 * Waits that a signal can abort.
 */
import { BridgeError } from "../bridge-error.ts";

/**
 * What a signal ended, as the platform's own functions say it: its name is AbortError, its cause the reason that was
 * given to abort(). Its code is CANCELLED, as that of every fill that was given up.
 */
export class AbortError extends BridgeError {
  override readonly name = "AbortError";

  constructor(reason: unknown) {
    super("CANCELLED", "cancelled; nothing was changed", { cause: reason });
  }
}

/** What the work gives, or an AbortError as soon as the signal aborts, whatever the work still does. */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) throw new AbortError(signal.reason);
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new AbortError(signal.reason));
    signal.addEventListener("abort", stop, { once: true });
  });
  const working = work();
  // If it fails after that, nobody is waiting for it.
  working.catch(() => {});
  try {
    return await Promise.race([working, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

export function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
