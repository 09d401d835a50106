/**
 * Waiting that a signal can end.
 */
import { BridgeError } from "../bridge-error.ts";

/** What the work gives, or CANCELLED as soon as the signal aborts, whatever the work still does. */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) throw cancelled();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled());
    signal.addEventListener("abort", stop, { once: true });
  });
  const working = work();
  // Its own failure after that is nobody's concern.
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

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was changed");
}
