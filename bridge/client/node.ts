/**
 * The client for Node: finds the user's daemon and its token by itself.
 */
import { WebSocket } from "ws";
import { BridgeError } from "../bridge-error.ts";
import { findInstance } from "../instance/lock.ts";
import { readToken } from "../instance/token.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Client } from "./client.ts";
import type { ConnectionOptions, Endpoint, Socket } from "./socket.ts";

export { BridgeError, hasCode } from "../bridge-error.ts";
export * from "./client.ts";
export type { ErrorCode, WarningCode } from "./generated/error-codes.ts";
export type * from "./generated/protocol.ts";
export type { ConnectionOptions, Endpoint, Socket } from "./socket.ts";

export interface ConnectOptions extends Partial<ConnectionOptions> {
  /** Another daemon than the user's own, such as one of another machine. */
  url?: string | undefined;
  token?: string | undefined;
  /** Where CONTINUO_HOME is looked for; process.env where left out. */
  env?: Record<string, string | undefined> | undefined;
}

/**
 * A client that is connected to the user's daemon.
 * @throws BridgeError as Client.connect, and DAEMON_NOT_RUNNING
 */
export async function connect({
  env = process.env,
  url,
  token,
  ...options
}: ConnectOptions = {}): Promise<Client> {
  const client = new Client({
    name: "node",
    endpoint: () => (url === undefined ? findEndpoint(env) : { url, token }),
    createSocket,
    ...options,
  });
  await client.connect();
  return client;
}

function findEndpoint(env: Record<string, string | undefined>): Endpoint {
  const instance = findInstance(env);
  if (instance !== undefined) return { url: instance.url, token: readToken(env) };
  throw new BridgeError("DAEMON_NOT_RUNNING", "no daemon runs; start one with continuo serve --detach");
}

function createSocket(url: string): Socket {
  const socket = new WebSocket(url, { maxPayload: LIMITS.bodyBytes, perMessageDeflate: false });
  // ws calls handlers with events of its own, which have what the client reads of them.
  return socket as unknown as Socket;
}
