// What a stranger without the token can do to the daemon's ports. Each attack keeps on until `stop` is called.
import { connect } from "node:net";

const HOST = "127.0.0.1";
const REPEAT_MS = 100;
const DRIP_MS = 250;
/** The largest of the page's files. */
const FILE = "/synthesizer.js";

/** By name; `begin({port, tcpPort})` gives `{stop()}`. */
export const STRANGERS = {
  "files, pipelined and not read": ({ port }) => pool(20, () => unread(port, pipelined(2_300))),
  "files, not read": ({ port }) => pool(540, () => unread(port, get(FILE))),
  "silent, HTTP": ({ port }) => pool(540, () => unread(port)),
  "silent, frames": ({ tcpPort }) => pool(300, () => unread(tcpPort)),
  "heads of 1 MB": ({ port }) => pool(500, () => unread(port, largeHead())),
  "heads, a byte at a time": ({ port }) =>
    pool(200, () => dripping(port, "GET / HTTP/1.1\r\nhost: localhost\r\nx: ")),
  "WebSockets that say nothing": ({ port }) => pool(300, () => unread(port, upgrade())),
  "half a first frame": ({ tcpPort }) => pool(300, () => dripping(tcpPort, Buffer.from([0, 0, 255, 0]))),
  "connections, opened and closed": ({ port }) => pool(64, () => unread(port, get("/v1/get"))),
};

/** The same for a daemon with TLS. */
export const HALF_HANDSHAKES = ({ port }) => pool(300, () => unread(port, Buffer.from([22, 3, 1, 2, 0])));

export const get = (path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
export const pipelined = (count) => get(FILE).repeat(count);

function largeHead() {
  // Without its end.
  return `GET /v1/get?params=${"a".repeat(1_000_000)} HTTP/1.1\r\nhost: localhost\r\n`;
}

function upgrade() {
  const headers = [
    "host: localhost",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
  ];
  return ["GET /v1/ws HTTP/1.1", ...headers, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", "", ""].join(
    "\r\n",
  );
}

/** A connection that sends this and reads nothing. */
function unread(port, data) {
  const socket = connect(port, HOST);
  if (data !== undefined) socket.write(data, "latin1");
  // Without this its end would not be noticed; what comes stays with the system.
  socket.pause();
  return socket;
}

function dripping(port, data) {
  const socket = unread(port, data);
  const timer = setInterval(() => socket.write("x"), DRIP_MS);
  socket.on("close", () => clearInterval(timer));
  return socket;
}

/** As many connections at all times, each opened again when it is closed. */
function pool(size, open) {
  const sockets = new Set();
  const fill = () => {
    while (sockets.size < size) {
      const socket = open();
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
  };
  fill();
  const timer = setInterval(fill, REPEAT_MS);
  return {
    stop() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
