// A client in a process of its own, so that it can be suspended and killed: starts a fill and prints its messages.
import { WebSocket } from "ws";

const [url, token, request] = process.argv.slice(2);
const socket = new WebSocket(`${url}/v1/ws`, { headers: { authorization: `Bearer ${token}` } });
const say = (method, params) => socket.send(JSON.stringify({ jsonrpc: "2.0", id: method, method, params }));
socket.on("open", () => say("fill/start", { request: JSON.parse(request) }));
socket.on("close", (code) => process.stdout.write(`closed ${code}\n`));
socket.on("message", (data) => {
  const message = JSON.parse(String(data));
  if (message.id === "fill/start") process.stdout.write(`job ${message.result.jobId}\n`);
  if (message.method === "fill/end") {
    process.stdout.write(`${message.params.state}\n`);
    socket.close();
  }
});
