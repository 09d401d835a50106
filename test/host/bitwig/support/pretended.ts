/**
 * A simulated daemon that answers as the test says.
 */
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { encodeFrame, FrameDecoder } from "../../../../bridge/protocol/frames.ts";

/** @param answer  messages for a call, now or later @returns its port */
export async function pretend(
  answer: (method: string, id: number) => object[] | Promise<object[]>,
): Promise<number> {
  const server = createServer((socket) => {
    const decoder = new FrameDecoder(1 << 20);
    socket.on("error", () => {});
    socket.on("data", (chunk) =>
      decoder.push(chunk, async (text) => {
        const { id, method } = JSON.parse(text);
        const result = { protocolVersion: 1, server: { name: "continuo", version: "9" } };
        const answers = method === "initialize" ? [{ id, result }] : await answer(method, id);
        for (const each of answers) socket.write(encodeFrame(JSON.stringify({ jsonrpc: "2.0", ...each })));
      }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
