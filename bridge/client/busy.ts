/**
 * Retries when the daemon is busy, after the time that it asks for.
 */
import { hasCode } from "../bridge-error.ts";
import { waited } from "./abort.ts";

const LONGEST_WAIT_MS = 5_000;
const USUAL_WAIT_MS = 1_000;

/**
 * Work that is tried again while the daemon is busy.
 * @param forMs  how long at most; then the BUSY of the last try is thrown
 */
export async function untilFree<T>(
  forMs: number,
  isWanted: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const end = performance.now() + forMs;
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!hasCode(thrown, "BUSY") || !isWanted()) throw thrown;
      const { retryAfterMs } = thrown.data;
      const asked = typeof retryAfterMs === "number" ? retryAfterMs : USUAL_WAIT_MS;
      // Many that were sent away together do not come back together.
      const wait = Math.min(asked, LONGEST_WAIT_MS) * (1 + Math.random() / 4);
      if (performance.now() + wait > end) throw thrown;
      await waited(wait);
      if (!isWanted()) throw thrown;
    }
  }
}
