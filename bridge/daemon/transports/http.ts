/**
 * HTTP: POST /v1/rpc, POST /v1/fill, GET /v1/get for hosts that can only open URLs, and the metrics.
 */
import type { RequestListener, Server } from "node:http";
import type { Readable } from "node:stream";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { errorResponse, oneLine } from "../../protocol/json-rpc.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { linesOfResult } from "../../protocol/lines.ts";
import type { MethodName } from "../../protocol/methods.ts";
import type { Metrics } from "../jobs/metrics.ts";
import type { Pieces } from "../messages/bytes.ts";
import type { Dispatcher } from "../messages/dispatcher.ts";
import { Session } from "../messages/session.ts";
import { addPage, isPagePath, type PageOptions } from "../page/routes.ts";
import type { Admission } from "./admission.ts";
import { bearer, type Guard } from "./guard.ts";
import { asksForLines, fail, JSON_TYPE, LINES_TYPE, pathOf } from "./http-failure.ts";
import { HttpMethods } from "./http-methods.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The page's cookie opens it as well as the token. */
    isForPage?: boolean;
  }
}

interface HttpOptions {
  dispatcher: Dispatcher;
  guard: Guard;
  metrics: Metrics;
  page: PageOptions;
  admission: Admission;
  /** Makes the server that calls this. */
  openServer(handle: RequestListener): Server;
  /** Adds what the page reads beside its own files, with `isForPage`. */
  addResources(app: FastifyInstance): void;
}

/** How many times the limit a body may be that did not say its length, before it is cut off. */
const PATIENCE = 3;
/** A client without a connection may name itself, so that its fills are one client's. */
const CLIENT_HEADER = "x-continuo-client";

const format = z.enum(["json", "lines"]).default("json");

/** The query of GET /v1/get; parameters of the method are JSON. */
const getQuerySchema = z.strictObject({
  token: z.string().max(256).optional(),
  method: z.string().max(64),
  params: z.string().optional(),
  format,
  client: z.string().max(64).optional(),
});

const formatQuerySchema = z.strictObject({ format });

/** Connections that have shown the token: WebSockets and frames, and twice as many that only speak HTTP. */
const MOST_KNOWN = 3 * LIMITS.connections;

export function createHttp({
  dispatcher,
  guard,
  metrics,
  page,
  admission,
  openServer,
  addResources,
}: HttpOptions): FastifyInstance {
  const app = fastify({
    serverFactory: (handle) => openServer(handle),
    bodyLimit: LIMITS.bodyBytes,
    forceCloseConnections: true,
    // HEAD would do what GET does, so only what changes nothing has it.
    exposeHeadRoutes: false,
    logger: false,
  });
  const admit = ({ raw }: FastifyRequest) => admission.prove(raw.socket, MOST_KNOWN);
  const methods = new HttpMethods(app, (path) => isPagePath(page, "GET", path));
  // The dispatcher reads the bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, body: Readable) => piecesOf(request, body));
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    reply.header("x-content-type-options", "nosniff");
    guard.checkSource(request.headers);
    if (guard.isReader(request.headers)) admit(request);
    if (isPagePath(page, request.method, pathOf(request))) return;
    // A GET carries its token in the query, where alone its scripts can put it.
    if (request.routeOptions.config.isForPage) guard.checkReader(request.headers);
    else if (request.routeOptions.url !== "/v1/get") guard.checkToken(bearer(request.headers.authorization));
    if (request.routeOptions.url !== "/v1/get") admit(request);
    metrics.message("http");
    methods.check(request, reply);
  });
  app.setErrorHandler((thrown, request, reply) => fail(request, reply, fromFastify(thrown)));
  app.setNotFoundHandler((request, reply) => {
    const { method } = request;
    const path = pathOf(request);
    const message = `no such address: ${method} ${path}; see docs/protocol.md`;
    return fail(request, reply, new BridgeError("METHOD_UNKNOWN", message));
  });

  app.post("/v1/rpc", async (request, reply) => {
    checkQuery(formatQuerySchema, request.query);
    const asked = { gone: goneOf(reply), wantsLines: asksForLines(request) };
    try {
      const answer = await dispatcher.answerInFormat(bodyOf(request), sessionOf(request), asked);
      if (answer.text === undefined) return reply.code(204).send();
      return reply.type(answer.isLines ? LINES_TYPE : JSON_TYPE).send(answer.text);
    } catch (thrown) {
      if (asked.wantsLines) throw thrown;
      return reply.type(JSON_TYPE).send(JSON.stringify(errorResponse(null, toBridgeError(thrown))));
    }
  });

  app.post("/v1/fill", async (request, reply) => {
    checkQuery(formatQuerySchema, request.query);
    const session = sessionOf(request);
    const { result } = await dispatcher.call("fill/run", bodyOf(request), session, goneOf(reply));
    return asksForLines(request)
      ? sendLines(reply, "fill/run", result)
      : reply.type(JSON_TYPE).send(JSON.stringify(result));
  });

  app.get("/v1/get", async (request, reply) => {
    const { token, method, params, client } = checkQuery(getQuerySchema, request.query);
    guard.checkToken(token ?? bearer(request.headers.authorization));
    admit(request);
    const session = new Session("http", undefined, clientKeyOf(request, client));
    const pieces = params === undefined ? [] : [Buffer.from(params)];
    const called = await dispatcher.call(method, pieces, session, goneOf(reply));
    const { result } = called;
    return asksForLines(request)
      ? sendLines(reply, called.method, result)
      : reply.type(JSON_TYPE).send(JSON.stringify({ jsonrpc: "2.0", id: null, result }));
  });

  addPage(app, { ...page, onEnter: admit });
  addResources(app);
  app.get("/metrics", { exposeHeadRoute: true }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  return app;
}

function sendLines(reply: FastifyReply, method: MethodName, result: unknown): FastifyReply {
  return reply.type(LINES_TYPE).send(linesOfResult(method, result));
}

/** @throws BridgeError REQUEST_INVALID */
function checkQuery<Query>(schema: z.ZodType<Query>, given: unknown): Query {
  const query = schema.safeParse(given);
  if (query.success) return query.data;
  throw new BridgeError(
    "REQUEST_INVALID",
    `the query is wrong (${oneLine(query.error)}); see docs/protocol.md`,
  );
}

function sessionOf(request: FastifyRequest): Session {
  const name = request.headers[CLIENT_HEADER];
  const client = typeof name === "string" ? name.slice(0, 64) : undefined;
  return new Session("http", undefined, clientKeyOf(request, client));
}

/** Clients without a name are one client at each address: each request of its own would be a client of its own. */
function clientKeyOf({ ip }: FastifyRequest, name: string | undefined): string {
  return name === undefined ? `address:${ip}` : `name:${name}`;
}

/** Aborts when the client hangs up before its answer; on a connection that is kept, also after it. */
function goneOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => controller.abort());
  return controller.signal;
}

function bodyOf(request: FastifyRequest): Pieces {
  return Array.isArray(request.body) ? request.body : [];
}

/** The body as it comes, no more of it than the limit. */
async function piecesOf(request: FastifyRequest, body: Readable): Promise<Pieces> {
  if (Number(request.headers["content-length"] ?? 0) > LIMITS.bodyBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The answer still has to go out by the same connection.
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes <= LIMITS.bodyBytes) {
      pieces.push(piece);
      continue;
    }
    // Thrown away as it comes, for a while: a client that reads only when it has sent all finds its answer.
    pieces.length = 0;
    if (bytes > PATIENCE * LIMITS.bodyBytes) break;
  }
  if (bytes > LIMITS.bodyBytes) throw tooLarge();
  return pieces;
}

function tooLarge(): BridgeError {
  return new BridgeError(
    "MESSAGE_TOO_LARGE",
    `the body is larger than ${LIMITS.bodyBytes} bytes; send only what is near the region`,
    { data: { limit: LIMITS.bodyBytes } },
  );
}

/** What fastify itself refuses, in our words. */
function fromFastify(thrown: unknown): BridgeError {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge();
  if (typeof code === "string" && code.startsWith("FST_ERR_")) {
    const message = thrown instanceof Error ? thrown.message : code;
    return new BridgeError(
      "MESSAGE_INVALID",
      `the request cannot be read (${message}); see docs/protocol.md`,
    );
  }
  return toBridgeError(thrown);
}
