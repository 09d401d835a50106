// A client for each transport, as small as it can be: what is measured is the daemon.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { StepError } from "../steps/run.mjs";

const LOOK_MS = 5;

/** By number, so that clients are spread over the transports. */
export const TRANSPORTS = [openWebSocket, openTcp, openRpc, openFill, openGet, openFolder];

export async function openWebSocket({ port, token }) {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, { headers, perMessageDeflate: false });
  const calls = callsOver((text) => socket.send(text));
  socket.on("message", (data) => calls.receive(String(data)));
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return { ...client("WebSocket", calls.call, () => socket.terminate(), true), ended: calls.ended };
}

export async function openTcp({ tcpPort, token }) {
  const socket = connect(tcpPort, "127.0.0.1");
  const calls = callsOver((text) => {
    const body = Buffer.from(text);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    socket.write(Buffer.concat([head, body]));
  });
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const end = 4 + bytes.readUInt32BE(0);
      calls.receive(bytes.toString("utf8", 4, end));
      bytes = bytes.subarray(end);
    }
  });
  await calls.call("initialize", { protocolVersion: 1, client: { name: "bench" }, token });
  return { ...client("TCP frames", calls.call, () => socket.destroy(), true), ended: calls.ended };
}

export async function openRpc({ url, token }, name) {
  const call = async (method, params) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    return checked(JSON.parse(await post(`${url}/v1/rpc`, token, name, body)));
  };
  return client("POST /v1/rpc", call, () => {}, false);
}

export async function openFill({ url, token }, name) {
  const call = async (_method, params) =>
    JSON.parse(await post(`${url}/v1/fill`, token, name, JSON.stringify(params)));
  return client("POST /v1/fill", call, () => {}, false);
}

export async function openGet({ url, token }, name) {
  const get = async (method, params) => {
    const query = new URLSearchParams({ token, client: name, method, params: JSON.stringify(params) });
    return checked(await (await fetch(`${url}/v1/get?${query}`)).json());
  };
  // As a host that cannot wait does it: begin, then ask.
  const call = async (_method, request) => {
    const { jobId } = await get("fill/start", { request });
    for (;;) {
      const job = await get("fill/get", { jobId, waitMs: 30_000 });
      if (job.state === "done") return job.result;
      if (job.error !== null) throw new StepError(job.error.message);
    }
  };
  return client("GET /v1/get", call, () => {}, false);
}

export async function openFolder({ folder }, name) {
  let count = 0;
  const call = async (method, params) => {
    const path = join(folder, `${name}-${count++}`);
    writeFileSync(`${path}.part`, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    renameSync(`${path}.part`, `${path}.request.json`);
    while (!existsSync(`${path}.response.json`)) await sleep(LOOK_MS);
    const answer = JSON.parse(readFileSync(`${path}.response.json`, "utf8"));
    rmSync(`${path}.response.json`);
    return checked(answer);
  };
  return client("watched folder", call, () => {}, false);
}

/** A fill as hosts with a connection do it: begun, then waited for until the daemon says that it ended. */
export async function fillByEvents({ call, ended }, request) {
  const { jobId } = await call("fill/start", { request });
  const { state, result } = await ended(jobId);
  if (state !== "done") throw new StepError(`a fill ended as ${state}`);
  return result;
}

/** @param isPiped  whether a client may ask again before it has its answer */
function client(transport, call, close, isPiped) {
  return { transport, call, close, isPiped };
}

function callsOver(send) {
  const pending = new Map();
  // Jobs by id: those that ended, and those that are waited for.
  const ends = new Map();
  const waiters = new Map();
  let nextId = 1;
  return {
    ended: (jobId) =>
      new Promise((resolve) => {
        if (ends.has(jobId)) resolve(ends.get(jobId));
        else waiters.set(jobId, resolve);
        ends.delete(jobId);
      }),
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        pending.set(id, { resolve, reject });
        send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      }),
    receive: (text) => {
      const message = JSON.parse(text);
      if (message.method === "fill/end") {
        const { jobId } = message.params;
        const resolve = waiters.get(jobId);
        waiters.delete(jobId);
        if (resolve === undefined) ends.set(jobId, message.params);
        else resolve(message.params);
      }
      const waiting = pending.get(message.id);
      if (waiting === undefined) return;
      pending.delete(message.id);
      if (message.error) waiting.reject(new StepError(message.error.message));
      else waiting.resolve(message.result);
    },
  };
}

function checked({ result, error }) {
  if (error) throw new StepError(error.message);
  return result;
}

async function post(url, token, name, body) {
  const headers = { authorization: `Bearer ${token}`, "x-continuo-client": name };
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new StepError(`${url} answered ${response.status}: ${text}`);
  return text;
}
