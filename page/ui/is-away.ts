/**
 * Whether a call failed because the daemon cannot be reached, or cannot write, so that it may succeed later.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";

const AWAY = new Set([
  "CONNECTION_LOST",
  "DAEMON_UNREACHABLE",
  "DAEMON_NOT_RUNNING",
  "TOKEN_MISSING",
  "TOKEN_WRONG",
]);

export function isAway(thrown: unknown): boolean {
  return thrown instanceof BridgeError && AWAY.has(thrown.code);
}

/** Before what could not be written is sent again. */
export const UNWRITTEN_MS = 1_000;

/** Whether the daemon refused a change because it cannot be written now, and has nothing of it. */
export function isUnwritten(thrown: unknown): boolean {
  return thrown instanceof BridgeError && thrown.code === "CHANGE_NOT_WRITTEN";
}
