/**
 * A simulated socket to a daemon: the test decides what is answered, and when.
 */
import { Client, type ClientOptions } from "../../../bridge/client/client.ts";
import type { Socket } from "../../../bridge/client/socket.ts";

export interface Sent {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly url: string;
  readonly sent: Sent[] = [];
  isClosed = false;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    if (this.isClosed) throw new Error("closed");
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  /** The other side hangs up. */
  drop(): void {
    this.isClosed = true;
    this.onclose?.();
  }

  receive(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** Answer the request of this method that is the first without an answer. */
  answer(method: string, result: unknown): void {
    const at = this.sent.findIndex((sent) => sent.method === method);
    const [request] = this.sent.splice(at, at < 0 ? 0 : 1);
    if (request === undefined) throw new Error(`${method} was not asked for`);
    this.receive({ jsonrpc: "2.0", id: request.id, result });
  }

  has(method: string): boolean {
    return this.sent.some((sent) => sent.method === method);
  }
}

/** A client and the sockets that it has made so far. */
export function fakeClient(options: Partial<ClientOptions> = {}): { client: Client; sockets: FakeSocket[] } {
  const sockets: FakeSocket[] = [];
  const client = new Client({
    name: "test",
    endpoint: () => ({ url: "http://127.0.0.1:1", token: "secret" }),
    createSocket: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    ...options,
  });
  return { client, sockets };
}

/** The newest of a client's sockets, once there are so many. */
export async function socketOf(sockets: readonly FakeSocket[], count = 1): Promise<FakeSocket> {
  for (let turn = 0; turn < 100; turn++) {
    const socket = sockets[count - 1];
    if (socket !== undefined) return socket;
    await turnOfLoop();
  }
  throw new Error(`there is no socket ${count}`);
}

export function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Open a socket and let the client in. */
export async function admit(socket: FakeSocket): Promise<void> {
  socket.onopen?.();
  await turnOfLoop();
  socket.answer("initialize", {
    protocolVersion: 1,
    server: { name: "continuo", version: "0" },
    sessionId: "s",
    methods: [],
    limits: {},
  });
  await turnOfLoop();
}
