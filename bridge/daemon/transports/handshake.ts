/**
 * Persistent connections: the first message must be `initialize` with the token, soon, and small.
 */

import { z } from "zod";
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { checkRequest, errorResponse, idOf, parseMessage } from "../../protocol/json-rpc.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { type Pieces, textOf } from "../messages/bytes.ts";
import type { Dispatcher } from "../messages/dispatcher.ts";
import type { Session, Wire } from "../messages/session.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Clients } from "./clients.ts";
import { Flow } from "./flow.ts";
import type { Guard } from "./guard.ts";

const tokenSchema = z.object({ token: z.string().optional() });

interface HandshakeOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  broadcast: Broadcast;
  clients: Clients;
  /** Whether the token was given already, in a header. */
  isKnown: boolean;
  /** Hears that the token was given. */
  onAdmitted(): void;
}

export class Handshake {
  private isDone: boolean;
  private readonly timer: NodeJS.Timeout;
  private readonly session: Session;
  private readonly options: HandshakeOptions;
  private readonly flow: Flow;

  constructor(wire: Wire, session: Session, options: HandshakeOptions) {
    this.session = session;
    this.options = options;
    this.flow = new Flow(wire, session);
    const { isKnown } = options;
    this.isDone = isKnown;
    this.timer = setTimeout(() => wire.close("no initialize in time"), LIMITS.handshakeMs);
    this.timer.unref();
    if (isKnown) this.admitted();
  }

  get isAdmitted(): boolean {
    return this.isDone;
  }

  /** Bytes that a message may have now. */
  get limit(): number {
    return this.isDone ? LIMITS.bodyBytes : LIMITS.firstMessageBytes;
  }

  /** Answer a message; before the handshake only initialize has an answer, anything else ends the connection. */
  receive(pieces: Pieces): void {
    if (this.session.gone.aborted) return;
    if (!this.isDone && !this.admit(pieces)) return;
    this.flow.serve(() => this.options.dispatcher.answer(pieces, this.session));
  }

  end(): void {
    clearTimeout(this.timer);
    this.flow.end();
    this.session.end();
  }

  /** @throws BridgeError BUSY where there are too many clients */
  private admitted(): void {
    this.options.clients.checkRoom();
    this.isDone = true;
    clearTimeout(this.timer);
    this.options.clients.add(this.session);
    this.options.broadcast.add(this.session);
    this.options.onAdmitted();
  }

  private admit(pieces: Pieces): boolean {
    let id: ReturnType<typeof idOf> = null;
    try {
      const value = parseMessage(textOf(pieces));
      id = idOf(value);
      const request = checkRequest(value);
      if (request.method !== "initialize") {
        throw new BridgeError(
          "NOT_INITIALIZED",
          "the first message must be initialize; see docs/protocol.md",
        );
      }
      this.options.guard.checkToken(tokenSchema.safeParse(request.params).data?.token);
      this.admitted();
      return true;
    } catch (thrown) {
      const error = toBridgeError(thrown);
      this.session.tell(JSON.stringify(errorResponse(id, error)));
      this.session.dismiss(error.code);
      return false;
    }
  }
}
