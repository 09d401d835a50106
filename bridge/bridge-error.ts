/**
 * The one error shape of the bridge. Codes read AREA_WHAT and are listed in docs/errors.md; the message
 * names what, where and what to do.
 */
import type { ErrorCode } from "./client/generated/error-codes.ts";

interface BridgeErrorDetails {
  data?: Record<string, unknown>;
  retryable?: boolean;
  cause?: unknown;
}

export class BridgeError extends Error {
  override readonly name: string = "BridgeError";
  /** Those that are documented; a later daemon may have others. */
  readonly code: ErrorCode | (string & Record<never, never>);
  readonly data: Record<string, unknown>;
  readonly retryable: boolean;

  constructor(code: string, message: string, details: BridgeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = details.data ?? {};
    this.retryable = details.retryable ?? false;
  }
}

/** Whether what was thrown is one of ours, with one of these codes. */
export function hasCode<Code extends ErrorCode>(
  thrown: unknown,
  ...codes: readonly Code[]
): thrown is BridgeError & { readonly code: Code } {
  return thrown instanceof BridgeError && (codes as readonly string[]).includes(thrown.code);
}

/** Anything thrown, in our shape. What we did not foresee is a bug and says so; where it came from is its cause. */
export function toBridgeError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new BridgeError(
    "INTERNAL_ERROR",
    `a bug in continuo (${message.replace(/\s+/g, " ").trim()}); please report it with the command and what it says with -v`,
    { cause: error },
  );
}
