/**
 * The rolls that are open somewhere: a connected client holds the rolls it asked for, until it says that it has closed it
 * or is gone.
 */
import type { Session } from "../messages/session.ts";

export class Holders {
  private readonly bySession = new Map<Session, Set<string>>();

  /** Nothing for clients without a connection, which cannot be gone. */
  hold(rollId: string, session: Session): void {
    if (!session.isListening) return;
    let held = this.bySession.get(session);
    if (held === undefined) {
      held = new Set();
      this.bySession.set(session, held);
      session.gone.addEventListener("abort", () => this.bySession.delete(session), { once: true });
    }
    held.add(rollId);
  }

  release(rollId: string, session: Session): void {
    this.bySession.get(session)?.delete(rollId);
  }

  isHeld(rollId: string): boolean {
    for (const held of this.bySession.values()) if (held.has(rollId)) return true;
    return false;
  }
}
