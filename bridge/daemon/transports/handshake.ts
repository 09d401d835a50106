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
import { Flow } from "./flow.ts";
import type { Guard } from "./guard.ts";

const tokenSchema = z.object({ token: z.string().optional() });

interface HandshakeOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  broadcast: Broadcast;
}

export class Handshake {
  private isDone: boolean;
  private readonly timer: NodeJS.Timeout;
  private readonly session: Session;
  private readonly dispatcher: Dispatcher;
  private readonly guard: Guard;
  private readonly broadcast: Broadcast;
  private readonly flow: Flow;

  /** @param isKnown  whether the token was given already, in a header */
  constructor(
    wire: Wire,
    session: Session,
    { dispatcher, guard, broadcast }: HandshakeOptions,
    isKnown = false,
  ) {
    [this.session, this.dispatcher, this.guard] = [session, dispatcher, guard];
    this.broadcast = broadcast;
    this.flow = new Flow(wire, session);
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
    this.flow.serve(() => this.dispatcher.answer(pieces, this.session));
  }

  end(): void {
    clearTimeout(this.timer);
    this.flow.end();
    this.session.end();
  }

  private admitted(): void {
    this.isDone = true;
    clearTimeout(this.timer);
    this.broadcast.add(this.session);
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
      this.guard.checkToken(tokenSchema.safeParse(request.params).data?.token);
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
