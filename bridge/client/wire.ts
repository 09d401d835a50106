/**
 * One socket from its opening to its end: requests, their answers, notifications. Events after its end are ignored:
 * each socket has its own requests.
 */
import { BridgeError } from "../bridge-error.ts";
import { rpcMessageSchema } from "../protocol/json-rpc.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ErrorEntry } from "./generated/protocol.ts";
import { lost, type Socket, unreachable } from "./socket.ts";

const CONNECT_MS = 5_000;

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: BridgeError) => void;
}

interface WireEvents {
  onNotification(method: string, params: unknown): void;
  /** Once, whatever ended it. */
  onEnd(error: BridgeError): void;
}

export class Wire {
  /** Resolves when requests can be sent. */
  readonly opened: Promise<void>;
  private readonly socket: Socket;
  private readonly events: WireEvents;
  private readonly pending = new Map<number, Pending>();
  private readonly timer: ReturnType<typeof setTimeout>;
  private rejectOpened: (error: BridgeError) => void = () => {};
  private nextId = 1;
  private isOver = false;

  constructor(socket: Socket, url: string, events: WireEvents) {
    [this.socket, this.events] = [socket, events];
    let isOpen = false;
    this.timer = setTimeout(() => this.end(unreachable(url)), CONNECT_MS);
    this.opened = new Promise((resolve, reject) => {
      this.rejectOpened = reject;
      socket.onopen = () => {
        isOpen = true;
        clearTimeout(this.timer);
        resolve();
      };
    });
    // Whoever waits hears of it; nobody has to.
    this.opened.catch(() => {});
    socket.onmessage = ({ data }) => this.receive(String(data));
    // Every error is followed by the end, which has a name.
    socket.onerror = () => {};
    socket.onclose = () => this.end(isOpen ? lost() : unreachable(url));
  }

  /** @throws BridgeError the daemon's; MESSAGE_TOO_LARGE; CONNECTION_LOST */
  async request(method: string, params: unknown): Promise<unknown> {
    if (this.isOver) throw lost();
    const id = this.nextId++;
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    // The daemon would hang up, and take the other requests with it.
    if (text.length > LIMITS.bodyBytes) {
      throw new BridgeError(
        "MESSAGE_TOO_LARGE",
        `the request has ${text.length} characters, the limit is ${LIMITS.bodyBytes} bytes; send only what is near the region`,
        { data: { limit: LIMITS.bodyBytes } },
      );
    }
    const answer = new Promise<unknown>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    try {
      this.socket.send(text);
    } catch {
      // A socket that is closing: its end rejects the answer.
      this.end(lost());
    }
    return answer;
  }

  /** Close, and reject what waits. */
  end(error: BridgeError): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.rejectOpened(error);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    this.socket.close();
    this.events.onEnd(error);
  }

  private receive(text: string): void {
    if (this.isOver) return;
    const message = parse(text);
    if (message === undefined) return;
    if ("method" in message) {
      this.events.onNotification(message.method, message.params);
      return;
    }
    const pending = typeof message.id === "number" ? this.pending.get(message.id) : undefined;
    if (pending === undefined || typeof message.id !== "number") return;
    this.pending.delete(message.id);
    if (!("error" in message)) pending.resolve(message.result);
    else pending.reject(errorOf(message.error));
  }
}

function parse(text: string) {
  try {
    return rpcMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not ours to answer; the request that it was for ends with the connection.
    return undefined;
  }
}

function errorOf({ message, data }: { message: string; data?: ErrorEntry | undefined }): BridgeError {
  return data === undefined ? new BridgeError("ANSWER_INVALID", message) : fromEntry(data);
}

/** An error as the daemon sent it. */
export function fromEntry({ code, message, data, retryable }: ErrorEntry): BridgeError {
  return new BridgeError(code, message, { data, retryable });
}
