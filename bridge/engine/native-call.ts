/**
 * One call of a native module: its answer checked, its errors typed, its work cancellable.
 */
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import type { CancelHandle, CancellableCall } from "./addon.ts";

export interface CallOptions<Progress> {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * A request as the addon reads it. Half a character, which JavaScript's texts may hold and no others can, becomes the
 * sign for one that is not known.
 */
export function requestText(request: object): string {
  const text = JSON.stringify(request);
  // Only such halves are written as escapes of these numbers; a backslash of the text itself is doubled.
  if (!text.includes("\\ud")) return text;
  return text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\ufffd"));
}

/** Call with a handle that the signal cancels, and progress that is checked like every answer. */
export async function callCancellable<Answer, Progress>(
  module: { CancelHandle: new () => CancelHandle },
  call: CancellableCall,
  request: object,
  schemas: { answer: z.ZodType<Answer>; progress: z.ZodType<Progress> },
  options: CallOptions<Progress>,
): Promise<Answer> {
  const handle = new module.CancelHandle();
  const cancel = () => handle.cancel();
  options.signal?.addEventListener("abort", cancel, { once: true });
  if (options.signal?.aborted) cancel();
  const onProgress = (text: string) => options.onProgress?.(schemas.progress.parse(JSON.parse(text)));
  try {
    return await checked(call(requestText(request), handle, onProgress), schemas.answer);
  } finally {
    options.signal?.removeEventListener("abort", cancel);
    // On a busy machine the end overtakes the last reports, which come later in the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Check the shape of an answer, give errors their type. */
export async function checked<Answer>(call: Promise<string>, schema: z.ZodType<Answer>): Promise<Answer> {
  let text: string;
  try {
    text = await call;
  } catch (cause) {
    throw toBridgeError(cause);
  }
  const answer = schema.safeParse(JSON.parse(text));
  if (answer.success) return answer.data;
  throw new BridgeError(
    "INTERNAL_ANSWER",
    `the addon's answer has a shape of another version (${z.prettifyError(answer.error)}); run npm run build`,
    { cause: answer.error },
  );
}

const nativeErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  data: z.string(),
  retryable: z.boolean(),
});

function toBridgeError(cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  const error = nativeErrorSchema.safeParse(
    cause instanceof Error ? { ...cause, message: cause.message } : cause,
  );
  if (!error.success) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new BridgeError("INTERNAL_ADDON", `the addon failed: ${message}; please report it`, { cause });
  }
  const { code, message, retryable } = error.data;
  const data = z.record(z.string(), z.unknown()).parse(JSON.parse(error.data.data));
  return new BridgeError(code, message, { data, retryable, cause });
}
