/**
 * The rolls that are open somewhere: a connected client holds the rolls it asked for, until it says that it has closed it
 * or is gone.
 */
import type { Session } from "../messages/session.ts";

/** Of one client; a program that goes through all songs does not keep all of them. */
const MOST_HELD = 32;

export class Holders {
  /** The latest last. */
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
    held.delete(rollId);
    held.add(rollId);
    for (const oldest of held) {
      if (held.size <= MOST_HELD) break;
      held.delete(oldest);
    }
  }

  release(rollId: string, session: Session): void {
    this.bySession.get(session)?.delete(rollId);
  }

  isHeld(rollId: string): boolean {
    for (const held of this.bySession.values()) if (held.has(rollId)) return true;
    return false;
  }
}
