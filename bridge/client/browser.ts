/**
 * The client for pages that the daemon's settings allow ("origins") and that know the token, and for the daemon's own,
 * which has a cookie in place of it. Where that is missing or of another token, connect() fails with TOKEN_MISSING, and
 * a client that was connected hears it by `onRefused`; a daemon that is gone is DAEMON_UNREACHABLE.
 */
import * as z from "zod";
import { Client } from "./client.ts";
import type { ConnectionOptions, Socket } from "./socket.ts";

export { BridgeError, hasCode } from "../bridge-error.ts";
export * from "./client.ts";
export type { ErrorCode, WarningCode } from "./generated/error-codes.ts";
export type * from "./generated/protocol.ts";
export type { ConnectionOptions, Endpoint, Socket } from "./socket.ts";

export interface ConnectOptions extends Partial<ConnectionOptions> {
  /** Where the daemon is; the page's own origin where left out. */
  url?: string | undefined;
  token?: string | undefined;
}

// Compiling checks from text is what pages with a content security policy refuse; messages are few.
z.config({ jitless: true });

const DEFAULT_URL = "http://127.0.0.1:7878";

/** The types of pages are not those of this project. */
const page = globalThis as object as { location?: { origin: string } };

/**
 * A client that is connected, and connects again by itself.
 * @throws BridgeError as Client.connect
 */
export async function connect({ url, token, ...options }: ConnectOptions = {}): Promise<Client> {
  const client = new Client({
    name: "browser",
    reconnect: true,
    endpoint: () => ({ url: url ?? page.location?.origin ?? DEFAULT_URL, token }),
    createSocket: (address) => new WebSocket(address) as unknown as Socket,
    ...options,
  });
  await client.connect();
  return client;
}
