/**
 * GET / and the files of the page. They hold no secrets, so every permitted origin gets them; what they show comes
 * over the WebSocket, which requires the cookie set by GET /open.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { CLOSED_PAGE } from "./closed.ts";
import type { Door } from "./door.ts";
import type { PageFiles } from "./files.ts";
import { pageHeaders } from "./headers.ts";
import { sendFile } from "./send-file.ts";

const HTML = "text/html; charset=utf-8";
/** The daemon's roll ids; anything else is not allowed in an address. */
const ROLL_ID = /^[a-z0-9-]{1,64}$/;

export interface PageOptions {
  door: Door;
  files: PageFiles;
}

interface PageRoutes extends PageOptions {
  /** Hears who opened the page by a code. */
  onEnter(request: FastifyRequest): void;
}

/** What changes nothing may be asked for by HEAD as well. */
const READING = { exposeHeadRoute: true };

/** Whether the page, not the protocol, answers a request; then it needs no token. */
export function isPagePath(options: PageOptions, method: string, path: string): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return path === "/open" || options.files.find(path) !== undefined;
}

export function addPage(app: FastifyInstance, { door, files, onEnter }: PageRoutes): void {
  app.get("/open", READING, async (request, reply) => {
    reply.headers(pageHeaders(request.headers.host));
    const { code, roll } = request.query as Record<string, unknown>;
    const at = typeof roll === "string" && ROLL_ID.test(roll) ? `#roll=${roll}` : "";
    // Programs that look at an address before it is opened, such as messengers, must not use it up.
    const isLook = request.method === "HEAD";
    if (isLook && typeof code === "string" && door.isGood(code)) return reply.redirect(`/${at}`, 303);
    const cookie = !isLook && typeof code === "string" ? door.enter(code) : undefined;
    if (cookie !== undefined) {
      onEnter(request);
      return reply.header("set-cookie", cookie).redirect(`/${at}`, 303);
    }
    // A browser that is known needs no code: its user followed an old address.
    if (door.isOpenTo(request.headers)) return reply.redirect(`/${at}`, 303);
    return reply.code(403).type(HTML).send(CLOSED_PAGE);
  });

  // The guard lets only paths of the table come here without a token.
  app.get("/*", READING, async (request, reply) => {
    const file = files.find(pathOf(request));
    if (file === undefined) return reply.callNotFound();
    reply.headers(pageHeaders(request.headers.host));
    reply.header("cache-control", file.isForever ? "public, max-age=31536000, immutable" : "no-cache");
    reply.header("etag", file.etag).type(file.type);
    if (isKnown(request, file.etag)) return reply.code(304).send();
    return sendFile(reply, file.path);
  });
}

export function pathOf({ url }: FastifyRequest): string {
  return url.split("?")[0] ?? "/";
}

/** Whether the browser has it already. */
export function isKnown({ headers }: FastifyRequest, etag: string): boolean {
  return (headers["if-none-match"] ?? "").split(",").some((one) => one.trim() === etag);
}
