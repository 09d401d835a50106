/**
 * The client for Node: finds the user's daemon and its token by itself.
 */
import { WebSocket } from "ws";
import { BridgeError } from "../bridge-error.ts";
import { findInstance } from "../daemon/lock.ts";
import { readToken } from "../daemon/token.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Client, type ClientOptions, type Socket } from "./client.ts";

export { BridgeError } from "../bridge-error.ts";
export * from "./client.ts";

export interface ConnectOptions extends Partial<Omit<ClientOptions, "createSocket">> {
  env?: NodeJS.ProcessEnv;
}

/**
 * A client that is connected to the user's daemon.
 * @throws BridgeError DAEMON_NOT_RUNNING, DAEMON_UNREACHABLE, TOKEN_*, PROTOCOL_MISMATCH
 */
export async function connect({ env = process.env, ...options }: ConnectOptions = {}): Promise<Client> {
  const client = new Client({
    name: "node",
    endpoint: () => {
      const instance = findInstance(env);
      const token = readToken(env);
      if (instance !== undefined) return { url: instance.url, ...(token === undefined ? {} : { token }) };
      throw new BridgeError("DAEMON_NOT_RUNNING", "no daemon runs; start one with continuo serve --detach");
    },
    ...options,
    createSocket,
  });
  await client.connect();
  return client;
}

function createSocket(url: string): Socket {
  const socket = new WebSocket(url, { maxPayload: LIMITS.bodyBytes, perMessageDeflate: false });
  // ws calls handlers with events of its own, which have what the client reads of them.
  return socket as unknown as Socket;
}
