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
