/**
 * The client for pages: the daemon's own, which have a cookie, or others that know the token.
 */
import { Client, type ClientOptions, type Socket } from "./client.ts";

export { BridgeError } from "../bridge-error.ts";
export * from "./client.ts";

export type BrowserOptions = Partial<Omit<ClientOptions, "createSocket">> & {
  /** Where the daemon is; the page's own origin where left out. */
  url?: string;
  token?: string;
};

/** The types of pages are not those of this project. */
const page = globalThis as object as { location?: { origin: string } };

/** A client that is connected, and connects again by itself. */
export async function connect({ url, token, ...options }: BrowserOptions = {}): Promise<Client> {
  const client = new Client({
    name: "browser",
    reconnect: true,
    endpoint: () => ({
      url: url ?? page.location?.origin ?? "http://127.0.0.1:7878",
      ...(token === undefined ? {} : { token }),
    }),
    ...options,
    createSocket: (address) => new WebSocket(address) as unknown as Socket,
  });
  await client.connect();
  return client;
}
