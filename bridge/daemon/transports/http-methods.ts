/**
 * The HTTP methods that each address accepts, to distinguish a wrong method from a wrong address.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { BridgeError } from "../../bridge-error.ts";
import { pathOf } from "./http-failure.ts";

const READING = ["GET", "HEAD"];

export class HttpMethods {
  private readonly routes: { pattern: RegExp; method: string }[] = [];
  private readonly isFile: (path: string) => boolean;

  /**
   * Hears of every route that is added from now on.
   * @param isFile  whether there is a file at a path, which is in no route
   */
  constructor(app: FastifyInstance, isFile: (path: string) => boolean) {
    this.isFile = isFile;
    app.addHook("onRoute", ({ url, method }) => {
      if (url.includes("*")) return;
      const pattern = new RegExp(`^${url.replace(/[.+?()[\]{}|^$\\]/g, "\\$&").replace(/:\w+/g, "[^/]+")}$`);
      for (const one of [method].flat()) this.routes.push({ pattern, method: one });
    });
  }

  /** Passes what is right, and what is at no address. @throws BridgeError HTTP_METHOD_WRONG */
  check(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const path = pathOf(request);
    const allowed = this.at(path);
    if (allowed.length === 0 || allowed.includes(method)) return;
    reply.header("allow", allowed.join(", "));
    const message = `${path} does not take ${method}; send ${allowed.join(" or ")}`;
    throw new BridgeError("HTTP_METHOD_WRONG", message, { data: { allowed } });
  }

  private at(path: string): string[] {
    if (this.isFile(path)) return READING;
    const found = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(found)];
  }
}
