/**
 * Detects a daemon that hangs, such as one that was stopped or is out of memory: its connection stays open, so only
 * a request shows it.
 */
import type { ConnectionState, Store } from "../state.ts";

const BEAT_MS = 3_000;
/** Longer than anything that the daemon does at once. */
const LATE_MS = 2_500;

/** Ask now and then, and show the banner while no answer comes. */
export function watchHeartbeat(store: Store): void {
  setInterval(() => void beat(store), BEAT_MS);
}

let isAsking = false;

export async function beat(store: Store): Promise<void> {
  const { connection, client } = store;
  // The browser wakes a page in the background late, so it would find everything late.
  if (isAsking || connection.value !== "open" || globalThis.document?.hidden === true) return;
  isAsking = true;
  let isLate = false;
  const timer = setTimeout(() => {
    if (connection.value !== "open") return;
    isLate = true;
    connection.value = "lost";
  }, LATE_MS);
  try {
    await client.daemon.call("status", {});
    const now: ConnectionState = connection.peek();
    if (isLate && now === "lost") connection.value = "open";
  } catch {
    // The connection itself is lost, which the reconnecting code reports.
  } finally {
    clearTimeout(timer);
    isAsking = false;
  }
}
