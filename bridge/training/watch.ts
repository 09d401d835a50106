/**
 * Keeps training while music is written: whenever MIDI files under a folder change, they are added to the dataset and
 * the model continues from its current state.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BridgeError } from "../bridge-error.ts";
import { buildDataset } from "../engine/dataset.ts";
import type { BuildAnswer } from "../engine/dataset-schemas.ts";
import type { TrainAnswer } from "../engine/train-schemas.ts";
import type { TrainRequest } from "../engine/training.ts";
import { isMidiName } from "../music/midi-files.ts";
import { plural } from "../plural.ts";

/** How often the folder is looked at; a poll works on network folders too, where events do not come. */
const POLL_MS = 2000;
/** A round's length where the user gave none. */
const ROUND_SECONDS = 60;
/** What a run folder holds that must not be written over. */
const RUN_FILES = ["latest.safetensors", "best.safetensors", "model", "round-1"];
/** More pieces help against these. */
const TOO_LITTLE = ["DATASET_EMPTY", "DATASET_TOO_SMALL", "SEQUENCE_TOO_LONG", "BATCH_TOO_LARGE"];

export interface WatchOptions {
  signal: AbortSignal;
  say: (text: string) => void;
  /** One round of training. */
  train: (request: TrainRequest) => Promise<TrainAnswer>;
  pollMs?: number;
}

/**
 * Rounds until the signal aborts. RUN/model is replaced whole after each round; the dataset keeps what it had.
 *
 * A round is a new run from RUN/model, not a resumption: the data has changed, so the old run's batches
 * could not be repeated anyway, and a fresh schedule lets new pieces weigh as much as old ones.
 * @returns the last round's answer; null if there was none
 * @throws BridgeError OPTION_CONFLICT, RUN_EXISTS, and those of building and training
 */
export async function watchAndTrain(
  request: TrainRequest,
  folder: string,
  options: WatchOptions,
): Promise<TrainAnswer | null> {
  if (request.resume) {
    throw new BridgeError(
      "OPTION_CONFLICT",
      "--watch begins runs of its own; give --out and, to go on, --from RUN/model",
    );
  }
  refuseExisting(request.run);
  const { signal, say } = options;
  let [seen, last, round] = ["", null as TrainAnswer | null, 0];
  say(`watching ${folder}: ${describeFiles(stateOf(folder))}; Ctrl-C ends it`);
  while (!signal.aborted) {
    const state = stateOf(folder);
    // Two equal looks in a row: nothing is being written right now.
    const isStill = state !== "" && state !== seen && (await isUnchanged(folder, state, options));
    if (isStill) {
      seen = state;
      const answer = await tryRound(request, folder, round + 1, options);
      if (answer !== undefined) {
        [last, round] = [answer, round + 1];
        say(`round ${round} is in ${last.model}; waiting for new pieces in ${folder}`);
      }
    }
    await sleep(options);
  }
  return last;
}

/** @throws BridgeError RUN_EXISTS */
function refuseExisting(run: string): void {
  if (!RUN_FILES.some((name) => existsSync(join(run, name)))) return;
  const model = join(run, "model");
  const remedy = existsSync(model)
    ? `go on from its model by --from ${model} and another --out`
    : "another --out";
  throw new BridgeError("RUN_EXISTS", `${run} already contains a run; ${remedy}`, { data: { run } });
}

/** Undefined where there is too little to learn from yet. */
async function tryRound(
  request: TrainRequest,
  folder: string,
  round: number,
  options: WatchOptions,
): Promise<TrainAnswer | undefined> {
  try {
    return await trainRound(request, folder, round, options);
  } catch (error) {
    if (!(error instanceof BridgeError) || !TOO_LITTLE.includes(error.code)) throw error;
    options.say(`too little to learn from yet (${error.message}); waiting for more pieces in ${folder}`);
    return undefined;
  }
}

async function trainRound(
  request: TrainRequest,
  folder: string,
  round: number,
  { signal, say, train }: WatchOptions,
): Promise<TrainAnswer> {
  const built = await buildDataset({ inputs: [folder], output: request.data }, { signal });
  say(`round ${round}: ${describeBuild(built)}`);
  const model = join(request.run, "model");
  const run = join(request.run, `round-${round}`);
  // What a round that failed began.
  rmSync(run, { recursive: true, force: true });
  const { preset: _preset, from: _from, ...same } = request;
  const start = round === 1 ? request : { ...same, from: model };
  const hasGoal = request.updates !== undefined || request.epochs !== undefined;
  const answer = await train({ ...(hasGoal ? {} : { seconds: ROUND_SECONDS }), ...start, run });
  replaceFolder(answer.model, model);
  return { ...answer, model };
}

function describeBuild({ read, pieces, notes, keptPieces, failed }: BuildAnswer): string {
  const kept = keptPieces === 0 ? "" : `, ${keptPieces} of them from elsewhere`;
  const failures = failed.length === 0 ? "" : `; ${failed.length} files could not be read`;
  return `${read} files read, ${pieces} pieces${kept}, ${notes} notes${failures}`;
}

/** A reader of `to` meets the old folder or the new one, whole. */
function replaceFolder(from: string, to: string): void {
  const old = `${to}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

async function isUnchanged(folder: string, state: string, options: WatchOptions): Promise<boolean> {
  await sleep(options);
  return !options.signal.aborted && stateOf(folder) === state;
}

async function sleep({ signal, pollMs }: WatchOptions): Promise<void> {
  await delay(pollMs ?? POLL_MS, undefined, { signal }).catch(() => {});
}

/** Names, sizes and times of all MIDI files; empty for none. @throws BridgeError DATASET_IO */
function stateOf(folder: string): string {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const midi = names.filter(isMidiName).sort();
    return midi.map((name) => `${name} ${stamp(join(folder, name))}`).join("\n");
  } catch (cause) {
    throw new BridgeError("DATASET_IO", `${folder} cannot be read; name a folder of MIDI files`, { cause });
  }
}

function describeFiles(state: string): string {
  const files = state === "" ? 0 : state.split("\n").length;
  if (files === 0) return "no MIDI file yet, waiting for the first";
  return plural(files, "MIDI file");
}

function stamp(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "gone" : `${stat.size} ${stat.mtimeMs}`;
}
