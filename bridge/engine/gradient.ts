/**
 * Training with gradients from JavaScript: the addon runs the training, a JavaScript function computes losses and
 * gradients.
 */
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { type CancelHandle, loadTrainAddon } from "./addon.ts";
import { type GradientFunction, gradientTaskSchema, type NativeGradientFunction } from "./gradient-task.ts";
import { type CallOptions, callCancellable, checked } from "./native-call.ts";
import { type RunEvent, runEventSchema, type TrainAnswer, trainAnswerSchema } from "./train-schemas.ts";
import type { TrainRequest } from "./training.ts";

/**
 * As `train`, with gradients by `compute`. Recurrent models only.
 * @throws BridgeError BACKEND_FAILED, BACKEND_UNSUPPORTED, and those of `train`
 */
export function trainBy(
  compute: GradientFunction,
  request: TrainRequest,
  options: CallOptions<RunEvent> = {},
): Promise<TrainAnswer> {
  const { addon } = loadTrainAddon();
  const schemas = { answer: trainAnswerSchema, progress: runEventSchema };
  return withReason(compute, (guarded, gone) =>
    callCancellable(
      addon,
      (text, cancel, onProgress) => addon.trainBy(text, guarded, gone, cancel, onProgress),
      request,
      schemas,
      options,
    ),
  );
}

const agreementSchema = z.strictObject({ loss: z.number().nullable(), gradient: z.number().nullable() });
/** Largest relative differences from our own losses and gradient; null if not a number. */
export type Agreement = z.infer<typeof agreementSchema>;

/**
 * How far `compute` is from our own on a small network, such as lstm-16x2.
 * @throws BridgeError BACKEND_FAILED
 */
export function checkCompute(compute: GradientFunction, preset: string): Promise<Agreement> {
  const { addon } = loadTrainAddon();
  return withReason(compute, (guarded, gone) =>
    checked(addon.checkCompute(JSON.stringify({ preset }), guarded, gone), agreementSchema),
  );
}

/**
 * The addon's thread waits for each answer: an exception must not leave the callback, and an exit, which
 * answers nothing more, must end the wait.
 */
async function withReason<Answer>(
  compute: GradientFunction,
  call: (guarded: NativeGradientFunction, gone: CancelHandle) => Promise<Answer>,
): Promise<Answer> {
  let reason: unknown;
  const guarded = (task: unknown) => {
    try {
      return compute(gradientTaskSchema.parse(task));
    } catch (error) {
      reason = error;
      return null;
    }
  };
  const gone = new (loadTrainAddon().addon.CancelHandle)();
  const onExit = () => gone.cancel();
  process.once("exit", onExit);
  try {
    return await call(guarded, gone);
  } catch (error) {
    if (reason === undefined) throw error;
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new BridgeError(
      "BACKEND_FAILED",
      `TensorFlow.js failed (${message.replaceAll("\n", " ")}); go on by --resume without --backend, or begin again with a lower --batch or --seq`,
      { cause: reason },
    );
  } finally {
    process.removeListener("exit", onExit);
  }
}
