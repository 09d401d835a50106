/**
 * Options of the TCP sockets; messages over TCP are tested with the other transports.
 */
import { type AddressInfo, connect, type Server, Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Admission } from "../../../../bridge/daemon/transports/admission.ts";
import { TcpFrames, type TcpOptions } from "../../../../bridge/daemon/transports/tcp.ts";

/** A connection to a server, and its socket on the server's side. */
async function accepted(server: Server): Promise<Socket> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const socket = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const client = connect(port, "127.0.0.1");
  // The server's end may go first.
  client.on("error", () => {});
  onTestFinished(() => void client.destroy());
  return await socket;
}

test("an answer does not wait until the one before it was acknowledged: Nagle's algorithm is off", async () => {
  const setNoDelay = vi.spyOn(Socket.prototype, "setNoDelay");
  onTestFinished(() => setNoDelay.mockRestore());
  // Nothing is sent, so nothing else of it is needed.
  const frames = new TcpFrames({ admission: new Admission() } as TcpOptions);
  onTestFinished(() => frames.close());
  for (const server of [frames.server, frames.ipv6]) {
    const socket = await accepted(server);
    const calls = setNoDelay.mock.contexts.flatMap((each, index) =>
      each === socket ? [setNoDelay.mock.calls[index]] : [],
    );
    expect(calls).toEqual([[true]]);
  }
});
