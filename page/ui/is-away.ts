/**
 * Whether a call failed because the daemon cannot be reached, so that it may succeed later.
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
