/**
 * JSON-RPC 2.0 envelopes. Source: https://www.jsonrpc.org/specification.
 */
import * as z from "zod";
import { BridgeError } from "../bridge-error.ts";
import { LIMITS } from "./limits.ts";
import { type ErrorEntry, errorSchema } from "./methods.ts";

const idSchema = z.union([z.string().max(256), z.number(), z.null()]);
export type RpcId = z.infer<typeof idSchema>;

const rpcRequestSchema = z.strictObject({
  jsonrpc: z.literal("2.0"),
  /** Left out for a notification, which gets no answer. */
  id: idSchema.optional(),
  method: z.string().max(64),
  params: z.unknown().optional(),
});
export type RpcRequest = z.infer<typeof rpcRequestSchema>;

/** The specification's numbers; every error of ours is a server error with its own code in `data`. */
const RPC_CODES = { parse: -32700, request: -32600, method: -32601, params: -32602, server: -32000 };

export interface RpcResponse {
  jsonrpc: "2.0";
  id: RpcId;
  result?: unknown;
  error?: { code: number; message: string; data: ErrorEntry };
}

export const rpcMessageSchema = z.union([
  z.object({ jsonrpc: z.literal("2.0"), id: idSchema, result: z.unknown() }).refine((m) => "result" in m),
  z.object({
    jsonrpc: z.literal("2.0"),
    id: idSchema,
    error: z.object({ code: z.number(), message: z.string(), data: errorSchema.optional() }),
  }),
  z.object({ jsonrpc: z.literal("2.0"), method: z.string(), params: z.unknown() }),
]);

/** @throws BridgeError MESSAGE_NOT_JSON */
export function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : "";
    throw new BridgeError("MESSAGE_NOT_JSON", `the message is not JSON (${reason}); send one JSON value`, {
      cause,
    });
  }
}

/** @throws BridgeError MESSAGE_INVALID */
export function checkRequest(value: unknown): RpcRequest {
  const request = rpcRequestSchema.safeParse(value);
  if (request.success) return request.data;
  throw new BridgeError(
    "MESSAGE_INVALID",
    `the message is not a JSON-RPC 2.0 request (${oneLine(request.error)}); see docs/protocol.md`,
  );
}

const identifiedSchema = z.object({ id: idSchema });

/** The id, as far as it can be read. */
export function idOf(value: unknown): RpcId {
  const parsed = identifiedSchema.safeParse(value);
  return parsed.success ? parsed.data.id : null;
}

/** @throws BridgeError MESSAGE_INVALID for an empty or too long batch */
export function checkBatch(values: readonly unknown[]): readonly unknown[] {
  if (values.length > 0 && values.length <= LIMITS.batch) return values;
  throw new BridgeError(
    "MESSAGE_INVALID",
    `the batch holds ${values.length} requests, the limits are 1 and ${LIMITS.batch}; send fewer`,
  );
}

const CODE_OF: Readonly<Record<string, number>> = {
  MESSAGE_NOT_JSON: RPC_CODES.parse,
  MESSAGE_INVALID: RPC_CODES.request,
  METHOD_UNKNOWN: RPC_CODES.method,
  REQUEST_INVALID: RPC_CODES.params,
};

export function errorEntry({ code, message, data, retryable }: BridgeError): ErrorEntry {
  return { code, message, data, retryable };
}

export function errorResponse(id: RpcId, error: BridgeError): RpcResponse {
  const { code, message } = error;
  return {
    jsonrpc: "2.0",
    id,
    error: { code: CODE_OF[code] ?? RPC_CODES.server, message, data: errorEntry(error) },
  };
}

/** A schema's complaints in one line. */
export function oneLine(error: z.ZodError): string {
  const issues = error.issues.slice(0, 4).map((issue) => {
    const path = issue.path.map(String).join(".");
    return path === "" ? issue.message : `${path}: ${issue.message}`;
  });
  const more = error.issues.length - issues.length;
  return issues.join("; ").slice(0, 600) + (more > 0 ? `; and ${more} more` : "");
}
