/**
 * Bitwig's TCP client: strips the length from received frames, sends data as it is, and reports nothing if nobody
 * listens. All data arrives and leaves in two pieces.
 */
import { connect, type Socket } from "node:net";
import { strict } from "./strict.ts";

const HEADER_BYTES = 4;

export class Sockets {
  readonly open = new Set<Socket>();
  /** Messages that were sent, without their length. */
  readonly sent: string[] = [];
  private readonly call: (action: () => void) => void;

  /** @param call  runs a callback of the script */
  constructor(call: (action: () => void) => void) {
    this.call = call;
  }

  connect(host: string, port: number, connected: (connection: object) => void): void {
    const socket = connect(port, host);
    this.open.add(socket);
    socket.on("error", () => {});
    let received: (bytes: Int8Array) => void = () => {};
    let disconnected = () => {};
    let isConnected = false;
    let kept = Buffer.alloc(0);
    socket.on("connect", () => {
      isConnected = true;
      const connection = strict("RemoteConnection", {
        setReceiveCallback: (callback: (bytes: Int8Array) => void) => {
          received = callback;
        },
        setDisconnectCallback: (callback: () => void) => {
          disconnected = callback;
        },
        send: (bytes: number[]) => this.send(socket, bytes),
        disconnect: () => void socket.destroy(),
      });
      this.call(() => connected(connection));
    });
    socket.on("data", (chunk) => {
      const middle = Math.floor(chunk.length / 2);
      for (const piece of [chunk.subarray(0, middle), chunk.subarray(middle)]) {
        kept = Buffer.concat([kept, piece]);
        while (kept.length >= HEADER_BYTES && kept.length >= HEADER_BYTES + kept.readUInt32BE(0)) {
          const end = HEADER_BYTES + kept.readUInt32BE(0);
          // Java's bytes have a sign.
          const message = new Int8Array(kept.subarray(HEADER_BYTES, end));
          kept = kept.subarray(end);
          this.call(() => received(message));
        }
      }
    });
    socket.on("close", () => {
      this.open.delete(socket);
      if (isConnected) this.call(() => disconnected());
    });
  }

  closeAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  private send(socket: Socket, bytes: number[]): void {
    if (!Array.isArray(bytes)) {
      throw new TypeError("send takes an array");
    }
    const wrong = bytes.find((byte) => !Number.isInteger(byte) || byte < -128 || byte > 127);
    if (wrong !== undefined) throw new RangeError(`${wrong} is not a Java byte`);
    if (socket.destroyed) throw new Error("java.io.IOException: closed");
    const data = Buffer.from(Int8Array.from(bytes).buffer);
    this.sent.push(data.subarray(HEADER_BYTES).toString("utf8"));
    const middle = Math.floor(data.length / 2);
    socket.write(data.subarray(0, middle));
    socket.write(data.subarray(middle));
  }
}
