/**
 * The session of a browser that opened the page, without a browser.
 */
import { WebSocket } from "ws";
import { openWebSocket } from "../support/callers.ts";
import type { TestDaemon } from "../support/daemon.ts";

/** Ask for an address of the page and use it. @returns the cookie, as it is sent back */
export async function enterPage(daemon: TestDaemon, rollId?: string): Promise<string> {
  const response = await fetch(await newAddress(daemon, rollId), { redirect: "manual" });
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (response.status !== 303 || cookie === undefined) throw new Error(`no way in: ${response.status}`);
  return cookie;
}

export async function newAddress(daemon: TestDaemon, rollId?: string): Promise<string> {
  const params = rollId === undefined ? {} : { rollId };
  const caller = await openWebSocket(daemon);
  const { result } = await caller.call("page/open", params);
  caller.close();
  if (result === undefined) throw new Error("no address");
  return result.url;
}

/**
 * What initialize answers on a WebSocket with these headers and without a token: "open", a code, or "refused" where
 * there was no WebSocket at all.
 */
export function greet(daemon: TestDaemon, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`, { headers });
  const params = { protocolVersion: 1, client: { name: "page" } };
  return new Promise<string>((resolve) => {
    socket.on("open", () =>
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })),
    );
    socket.on("message", (data) => resolve(JSON.parse(String(data)).error?.data.code ?? "open"));
    socket.on("error", () => resolve("refused"));
  }).finally(() => socket.close());
}
