/**
 * Options of `continuo train` as a request.
 */
import { basename, resolve } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { defined } from "../../defined.ts";
import { chooseModel } from "../../engine/models.ts";
import type { TrainRequest } from "../../engine/training.ts";
import { forOption, parseCount } from "../numbers.ts";

export interface TrainOptions {
  model?: string;
  from?: string;
  lora?: string | true;
  replay?: string;
  replayShare?: number;
  out?: string;
  resume?: string;
  watch?: string;
  time?: number;
  steps?: number;
  epochs?: number;
  batch?: number;
  seq?: number;
  lr?: number;
  precision?: string;
  device?: string;
  backend?: string;
  seed?: number;
  checkpointEvery?: number;
  evaluateEvery?: number;
  keep?: number;
  withDrums?: boolean;
  balancedTempo?: boolean;
  hearCheckpoints?: boolean;
  plain?: boolean;
  json?: boolean;
}

const DEFAULT_MODEL = "infill-s";
const DEFAULT_RANK = 8;
const PRESETS = /^(infill-[sm]|(lstm|gru)-\d+(x\d+)?)$/;

/** @throws BridgeError MODEL_UNKNOWN, MODEL_NOT_FOUND, RUN_MISSING, OPTION_CONFLICT, BACKEND_UNSUPPORTED, NUMBER_INVALID */
export function requestOf(data: string, options: TrainOptions, env: NodeJS.ProcessEnv): TrainRequest {
  const { model, from, lora, resume, out } = options;
  if (model !== undefined && !PRESETS.test(model)) {
    throw new BridgeError(
      "MODEL_UNKNOWN",
      `"${model}" cannot be trained; choose infill-s, infill-m, or a recurrent one such as lstm-192 or gru-64x2`,
      { data: { model } },
    );
  }
  const run = resume ?? out;
  if (run === undefined || (resume !== undefined && out !== undefined)) {
    throw new BridgeError("RUN_MISSING", "no run folder is given: --out RUN for a new one, or --resume RUN");
  }
  if (lora !== undefined && from === undefined) {
    throw new BridgeError("OPTION_CONFLICT", "--lora needs a trained model; add --from MODEL");
  }
  if (resume !== undefined && (from !== undefined || model !== undefined)) {
    throw new BridgeError(
      "OPTION_CONFLICT",
      "--resume goes on with the run's own model; leave out --model and --from",
    );
  }
  const preset = model ?? (from === undefined && resume === undefined ? DEFAULT_MODEL : undefined);
  if (options.backend === "tfjs") checkTfjs(preset, options);
  return {
    data,
    run,
    resume: resume !== undefined,
    modelId: basename(resolve(run)),
    ...defined({
      preset,
      from: from === undefined ? undefined : chooseModel(from, env).folder,
      lora: lora === undefined ? undefined : rankOf(lora),
      replay: options.replay,
      replayShare: options.replayShare,
      seconds: options.time,
      updates: options.steps,
      epochs: options.epochs,
      batch: options.batch,
      sequence: options.seq,
      learningRate: options.lr,
      precision: options.precision,
      device: options.device,
      seed: options.seed,
      checkpointSeconds: options.checkpointEvery,
      evaluateSeconds: options.evaluateEvery,
      keep: options.keep,
      withDrums: options.withDrums,
      balancedTempo: options.balancedTempo,
    }),
  };
}

/** What can be said before TensorFlow.js is loaded; the family of --from and --resume is seen later. */
function checkTfjs(preset: string | undefined, { device }: TrainOptions): void {
  if (device !== undefined) {
    throw new BridgeError(
      "OPTION_CONFLICT",
      "--backend tfjs computes where the package that you installed does; leave out --device",
    );
  }
  if (preset?.startsWith("infill")) {
    throw new BridgeError(
      "BACKEND_UNSUPPORTED",
      `--backend tfjs trains recurrent models only, not ${preset}; leave it out, or choose a model such as --model lstm-192`,
      { data: { backend: "tfjs", model: preset } },
    );
  }
}

function rankOf(lora: string | true): number {
  return lora === true ? DEFAULT_RANK : forOption("--lora", parseCount)(lora);
}
