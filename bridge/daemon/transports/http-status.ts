/**
 * The HTTP status of each error.
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
  RUN_NOT_FOUND: 404,
  FOLDER_NOT_FOUND: 404,
  SOUNDS_MISSING: 404,
  MODEL_NOT_FOUND: 404,
  HTTP_METHOD_WRONG: 405,
  CANCELLED: 409,
  JOB_INTERRUPTED: 409,
  MODEL_BUNDLED: 409,
  MODEL_EXISTS: 409,
  MODEL_WORSE: 409,
  ROLL_HOSTLESS: 409,
  RUN_STATE: 409,
  MESSAGE_TOO_LARGE: 413,
  DEADLINE_EXCEEDED: 422,
  BUSY: 429,
  ROLL_UNREADABLE: 503,
  SHUTTING_DOWN: 503,
  CHANGE_NOT_WRITTEN: 507,
};
const BAD_REQUEST = 400;
const INTERNAL = 500;

/** What no other request would mend: the installation, its models, its disk, or a fault of ours. */
const INTERNAL_CODES = new Set([
  "COMPARISON_NOT_WRITTEN",
  "DATASET_IO",
  "DEVICE_UNAVAILABLE",
  "MANIFEST_DAMAGED",
  "MODEL_DAMAGED",
  "MODEL_NOT_WRITTEN",
  "MODEL_RUN_FAILED",
  "MODEL_WRITE_FAILED",
  "ROLL_DAMAGED",
  "TRAINING_FAILED",
  "VOCAB_MISMATCH",
]);

export function httpStatus({ code }: BridgeError): number {
  const isInternal = INTERNAL_CODES.has(code) || /^(INTERNAL|RUNTIME|ADDON|OUTPUT)_/.test(code);
  return STATUS_OF[code] ?? (isInternal ? INTERNAL : BAD_REQUEST);
}

/** Seconds for Retry-After, where trying again helps. */
export function retryAfterSeconds({ data, retryable }: BridgeError): number | undefined {
  if (!retryable) return undefined;
  const { retryAfterMs } = data;
  return typeof retryAfterMs === "number" ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : 1;
}
