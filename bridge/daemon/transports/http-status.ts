/**
 * Which HTTP status an error is.
 */
import type { BridgeError } from "../../bridge-error.ts";

export const STATUS_OF: Readonly<Record<string, number>> = {
  TOKEN_MISSING: 401,
  TOKEN_WRONG: 401,
  HOST_FORBIDDEN: 403,
  ORIGIN_FORBIDDEN: 403,
  METHOD_UNKNOWN: 404,
  JOB_NOT_FOUND: 404,
  ROLL_NOT_FOUND: 404,
  SOUNDS_MISSING: 404,
  MODEL_NOT_FOUND: 404,
  MESSAGE_TOO_LARGE: 413,
  BUSY: 429,
  CANCELLED: 409,
  SHUTTING_DOWN: 503,
  DEADLINE_EXCEEDED: 504,
};
const BAD_REQUEST = 400;
const INTERNAL = 500;

export function httpStatus({ code }: BridgeError): number {
  return STATUS_OF[code] ?? (/^(INTERNAL|MODEL|RUNTIME|ADDON|DEVICE)_/.test(code) ? INTERNAL : BAD_REQUEST);
}

/** Seconds for Retry-After, where trying again helps. */
export function retryAfterSeconds({ data, retryable }: BridgeError): number | undefined {
  if (!retryable) return undefined;
  const { retryAfterMs } = data;
  return typeof retryAfterMs === "number" ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : 1;
}
