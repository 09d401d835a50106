/**
 * Clients with a connection that stays, of all transports: how many there are and may be.
 */
import { BridgeError } from "../../bridge-error.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Session } from "../messages/session.ts";

const RETRY_MS = 1_000;

export class Clients {
  private readonly sessions = new Set<Session>();

  get count(): number {
    return this.sessions.size;
  }

  get isFull(): boolean {
    return this.count >= LIMITS.connections;
  }

  /** @throws BridgeError BUSY where one more is one too many */
  checkRoom(): void {
    if (!this.isFull) return;
    throw new BridgeError(
      "BUSY",
      `${this.count} clients are connected; close some, or try again in a second`,
      {
        data: { retryAfterMs: RETRY_MS },
        retryable: true,
      },
    );
  }

  /** Until it is gone. */
  add(session: Session): void {
    this.sessions.add(session);
    session.gone.addEventListener("abort", () => this.sessions.delete(session), { once: true });
  }
}
