/**
 * Notifications to all connected clients.
 */
import type { NotificationName, NotificationParams } from "../../protocol/methods.ts";
import type { Session } from "../messages/session.ts";

export class Broadcast {
  private readonly sessions = new Set<Session>();

  add(session: Session): void {
    this.sessions.add(session);
    session.gone.addEventListener("abort", () => this.sessions.delete(session), { once: true });
  }

  /** Send everybody away. */
  dismiss(reason: string): void {
    for (const session of [...this.sessions]) session.dismiss(reason);
  }

  /** @param except  who knows it already */
  send<Name extends NotificationName>(
    method: Name,
    params: NotificationParams<Name>,
    except?: Session,
  ): void {
    for (const session of this.sessions) if (session !== except) session.notify(method, params);
  }
}
