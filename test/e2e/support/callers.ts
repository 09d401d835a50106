/**
 * One client for each transport, written from docs/protocol.md and sharing no code with the product.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { Candidate } from "../../../bridge/protocol/fill.ts";
import type { JobEntry, MethodName, ModelEntry, Result } from "../../../bridge/protocol/methods.ts";
import type { TestDaemon } from "./daemon.ts";
import { checkAnswer, checkNotification } from "./shapes.ts";
import { until } from "./wait.ts";

export interface Answer<Value = unknown> {
  jsonrpc: "2.0";
  id: unknown;
  result?: Value;
  error?: { code: number; message: string; data: { code: string; data: Record<string, unknown> } };
}

/** The result of a method; an unknown method gives an error. */
type ResultOf<Name extends string> = Name extends MethodName ? Result<Name> : unknown;

export interface Notification {
  method: string;
  params: Partial<JobEntry> & { index?: number; candidate?: Candidate; models?: ModelEntry[] };
}

export interface Caller {
  /** Call a method and give its whole answer. */
  call<Name extends string>(method: Name, params?: unknown): Promise<Answer<ResultOf<Name>>>;
  /** Send a text as it is; resolves with what comes back as JSON. */
  send(text: string): Promise<unknown>;
  close(): void;
}

/** A caller that also hears notifications. */
export interface Listener extends Caller {
  heard: Notification[];
  /** Resolves when the daemon ended the connection. */
  closed: Promise<void>;
}

let nextId = 1;
const envelope = (method: string, params: unknown) => ({ jsonrpc: "2.0", id: nextId++, method, params });

/** Whatever a test asks for, its answer is what the documents say. */
async function checked<Value>(method: string, sent: Promise<unknown>): Promise<Answer<Value>> {
  const answer = await sent;
  checkAnswer(method, answer);
  return answer as Answer<Value>;
}

const asText = (method: string, params: unknown) => JSON.stringify(envelope(method, params));

/** Its result, which must be there. */
export function resultOf<Value>({ result, error }: Answer<Value>): Value {
  if (error !== undefined || result === undefined) throw new Error(`no result: ${JSON.stringify(error)}`);
  return result;
}

/** The code of an answer's error. */
export const codeOf = ({ error }: Answer): string | undefined => error?.data.code;

export async function openWebSocket(daemon: TestDaemon, token = daemon.token()): Promise<Listener> {
  const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`);
  const caller = listener(
    (text) => socket.send(text),
    () => socket.close(),
  );
  socket.on("message", (data) => caller.receive(String(data)));
  socket.on("error", () => {});
  socket.on("close", () => caller.markClosed());
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  return introduced(caller, token);
}

export async function openTcp(daemon: TestDaemon, token = daemon.token()): Promise<Listener> {
  const socket = connect(daemon.tcpPort, "127.0.0.1");
  const caller = listener(
    (text) => socket.write(frame(text)),
    () => socket.destroy(),
  );
  readFrames(socket, (text) => caller.receive(text));
  socket.on("error", () => {});
  socket.on("close", () => caller.markClosed());
  return introduced(caller, token);
}

export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

export function readFrames(socket: Socket, onText: (text: string) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const length = bytes.readUInt32BE(0);
      onText(bytes.toString("utf8", 4, 4 + length));
      bytes = bytes.subarray(4 + length);
    }
  });
}

interface Inner extends Listener {
  receive(text: string): void;
  markClosed(): void;
}

function listener(write: (text: string) => void, close: () => void): Inner {
  const waiting: { id: unknown; resolve: (answer: unknown) => void }[] = [];
  let markClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  const ask = (text: string, id: unknown) =>
    Promise.race([
      new Promise((resolve) => {
        waiting.push({ id, resolve });
        write(text);
      }),
      closed.then(() => Promise.reject(new Error("the connection was closed"))),
    ]);
  const caller: Inner = {
    heard: [],
    closed,
    markClosed,
    close,
    call: (method, params = {}) => {
      const message = envelope(method, params);
      return checked(method, ask(JSON.stringify(message), message.id));
    },
    // What has no id of its own is answered in order.
    send: (text) => ask(text, undefined),
    receive(text) {
      const message = JSON.parse(text);
      if (typeof message.method === "string") {
        checkNotification(message);
        caller.heard.push(message);
        return;
      }
      const known = waiting.findIndex(({ id }) => id !== undefined && id === message.id);
      const at = known >= 0 ? known : waiting.findIndex(({ id }) => id === undefined);
      waiting.splice(at, 1)[0]?.resolve(message);
    },
  };
  return caller;
}

async function introduced(caller: Inner, token: string): Promise<Listener> {
  const answer = await caller.call("initialize", { protocolVersion: 1, client: { name: "test" }, token });
  if (answer.error !== undefined) throw new Error(answer.error.data.code);
  return caller;
}

export function overHttp(daemon: TestDaemon, name = "test"): Caller {
  const send = async (text: string) => {
    const response = await fetch(`${daemon.url}/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${daemon.token()}`, "x-continuo-client": name },
      body: text,
    });
    const answer = await response.text();
    return answer === "" ? undefined : JSON.parse(answer);
  };
  return {
    call: (method, params = {}) => checked(method, send(asText(method, params))),
    send,
    close: () => {},
  };
}

/** GET with everything in the URL; its lines are read by `linesAnswer`. */
export async function getUrl(
  daemon: TestDaemon,
  query: Record<string, string>,
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(`${daemon.url}/v1/get?${new URLSearchParams(query)}`);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export function overGet(daemon: TestDaemon): Caller {
  const get = async (method: string, params: string) => {
    const query = { token: daemon.token(), method, params, client: "test" };
    return JSON.parse((await getUrl(daemon, query)).text);
  };
  return {
    call: (method, params = {}) => checked(method, get(method, JSON.stringify(params))),
    send: (text) => get("status", text),
    close: () => {},
  };
}

export function overFolder(daemon: TestDaemon): Caller {
  const send = async (text: string) => JSON.parse((await leaveFile(daemon, text)).text);
  return {
    call: (method, params = {}) => checked(method, send(asText(method, params))),
    send,
    close: () => {},
  };
}

/** Leave a request as a script would, and wait for its answer. */
export async function leaveFile(
  daemon: TestDaemon,
  text: string | Buffer,
  name = randomBytes(6).toString("hex"),
): Promise<{ text: string; isLines: boolean }> {
  const path = join(daemon.folder, name);
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, `${path}.request.json`);
  return fetchAnswer(path);
}

export async function fetchAnswer(path: string): Promise<{ text: string; isLines: boolean }> {
  const answer = await until(`an answer to ${path}`, () =>
    [`${path}.response.json`, `${path}.response.txt`].find(existsSync),
  );
  const text = readFileSync(answer, "utf8");
  rmSync(answer);
  return { text, isLines: answer.endsWith(".txt") };
}
