/**
 * Learning on while music is made: whenever MIDI files under a folder change, the dataset is brought up to
 * date and the model goes on from where it stands.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BridgeError } from "../bridge-error.ts";
import { buildDataset } from "../engine/dataset.ts";
import type { TrainAnswer } from "../engine/train-schemas.ts";
import type { TrainRequest } from "../engine/training.ts";
import { isMidiName } from "../music/midi-files.ts";

/** How often the folder is looked at; a poll works on network folders too, where events do not come. */
const POLL_MS = 2000;
/** A round's length where the user gave none. */
const ROUND_SECONDS = 60;

export interface WatchOptions {
  signal: AbortSignal;
  say: (text: string) => void;
  /** One round of training. */
  train: (request: TrainRequest) => Promise<TrainAnswer>;
  pollMs?: number;
}

/**
 * Rounds until the signal aborts. RUN/model is replaced whole after each round.
 *
 * A round is a new run from RUN/model, not a resumption: the data has changed, so the old run's batches
 * could not be repeated anyway, and a fresh schedule lets new pieces weigh as much as old ones.
 * @returns the last round's answer; null if there was none
 * @throws BridgeError RUN_EXISTS, and those of building and training
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
  let [seen, last, round] = ["", null as TrainAnswer | null, 0];
  while (!options.signal.aborted) {
    const state = stateOf(folder);
    // Two equal looks in a row: nothing is being written right now.
    const isStill = state !== "" && state !== seen && (await isUnchanged(folder, state, options));
    if (isStill) {
      seen = state;
      round += 1;
      last = await trainRound(request, folder, round, options);
      options.say(`round ${round} is in ${last.model}; waiting for new pieces in ${folder}`);
    }
    await sleep(options);
  }
  return last;
}

async function trainRound(
  request: TrainRequest,
  folder: string,
  round: number,
  { signal, say, train }: WatchOptions,
): Promise<TrainAnswer> {
  const built = await buildDataset({ inputs: [folder], output: request.data }, { signal });
  say(`round ${round}: ${built.read} files read, ${built.pieces} pieces, ${built.notes} notes`);
  const model = join(request.run, "model");
  const run = join(request.run, `round-${round}`);
  rmSync(run, { recursive: true, force: true });
  const isFirst = !existsSync(join(model, "model.json"));
  const { preset: _, from, ...same } = request;
  const start = isFirst ? { ...request } : { ...same, from: model };
  const hasGoal = request.updates !== undefined || request.epochs !== undefined;
  const answer = await train({ ...(hasGoal ? {} : { seconds: ROUND_SECONDS }), ...start, run });
  replaceFolder(answer.model, model);
  void from;
  return { ...answer, model };
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
  return stateOf(folder) === state;
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

function stamp(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "gone" : `${stat.size} ${stat.mtimeMs}`;
}
