/**
 * Failures over HTTP: a status, and the error as lines if lines were requested, otherwise as JSON.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { BridgeError } from "../../bridge-error.ts";
import { errorEntry, errorResponse } from "../../protocol/json-rpc.ts";
import { linesOfError } from "../../protocol/lines.ts";
import { httpStatus, retryAfterSeconds } from "./http-status.ts";

export const JSON_TYPE = "application/json; charset=utf-8";
export const LINES_TYPE = "text/plain; charset=utf-8";

const asksForLinesSchema = z.object({ format: z.literal("lines") });

/** Whatever else is wrong with the query: a script that reads lines has to be able to read its error. */
export function asksForLines({ query }: FastifyRequest): boolean {
  return asksForLinesSchema.safeParse(query).success;
}

export function fail(request: FastifyRequest, reply: FastifyReply, error: BridgeError): FastifyReply {
  const seconds = retryAfterSeconds(error);
  if (seconds !== undefined) reply.header("retry-after", String(seconds));
  // Who is not let in does not keep the connection.
  if (isRefusal(error)) reply.header("connection", "close");
  reply.code(httpStatus(error));
  if (asksForLines(request)) return reply.type(LINES_TYPE).send(linesOfError(error.code, error.message));
  // What is asked by a URL is answered as JSON-RPC, whether it fails or not.
  const isCall = pathOf(request) === "/v1/get" && error.code !== "HTTP_METHOD_WRONG";
  const body = isCall ? errorResponse(null, error) : { error: errorEntry(error) };
  return reply.type(JSON_TYPE).send(JSON.stringify(body));
}

function isRefusal({ code }: BridgeError): boolean {
  return /^(TOKEN|HOST|ORIGIN)_/.test(code);
}

export function pathOf({ url }: FastifyRequest): string {
  return url.split("?")[0]?.slice(0, 100) ?? "/";
}
