/**
 * The socket of a connection: the part of a WebSocket that is used, and how to create one.
 */
import { BridgeError } from "../bridge-error.ts";

/** Both the browser's WebSocket and ws's have it. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
}

export interface Endpoint {
  /** Such as http://127.0.0.1:7878. */
  url: string;
  token?: string | undefined;
}

export interface ConnectionOptions {
  /** Asked for each connection: a restarted daemon may listen elsewhere. */
  endpoint: () => Promise<Endpoint> | Endpoint;
  createSocket: (url: string) => Socket;
  /** Of the client, for the daemon's log. */
  name: string;
  version?: string | undefined;
  /** Connect again when the connection is lost. */
  reconnect?: boolean | undefined;
  onConnection?: ((isConnected: boolean) => void) | undefined;
  /** The daemon is there again and does not let this client in, such as after its token was changed. */
  onRefused?: ((error: BridgeError) => void) | undefined;
  /**
   * A callback or listener threw, or its promise was rejected; what the call it belongs to continues. Printed by console.error
   * where left out.
   */
  onCallbackError?: ((error: unknown) => void) | undefined;
  /** How long what the daemon is too busy for is tried again, in milliseconds; 30,000 where left out, 0 for not at all. */
  busyMs?: number | undefined;
}

export function unreachable(where: string): BridgeError {
  return new BridgeError(
    "DAEMON_UNREACHABLE",
    `${where} does not answer; start it with continuo serve --detach`,
    { retryable: true },
  );
}

export function lost(): BridgeError {
  return new BridgeError("CONNECTION_LOST", "the connection to the daemon was lost; send the request again", {
    retryable: true,
  });
}

export function closed(): BridgeError {
  return new BridgeError("CLIENT_CLOSED", "the client was closed; create another one");
}
