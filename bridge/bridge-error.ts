/**
 * The one error shape of the bridge. Codes read AREA_WHAT and are listed in docs/errors.md; the message
 * names what, where and what to do.
 */
export interface BridgeErrorDetails {
  data?: Record<string, unknown>;
  retryable?: boolean;
  cause?: unknown;
}

export class BridgeError extends Error {
  override readonly name = "BridgeError";
  readonly code: string;
  readonly data: Record<string, unknown>;
  readonly retryable: boolean;

  constructor(code: string, message: string, details: BridgeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = details.data ?? {};
    this.retryable = details.retryable ?? false;
  }
}

/** Anything thrown, in our shape. What we did not foresee is a bug and says so. */
export function toBridgeError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new BridgeError(
    "INTERNAL_ERROR",
    `a bug in continuo: ${message}; please report it with the command`,
    {
      cause: error,
    },
  );
}
