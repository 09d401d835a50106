/**
 * The handlers of the training methods.
 */
import { trainAddonProblem } from "../../engine/addon.ts";
import { listModels } from "../../engine/models.ts";
import type { TRAINING_METHODS } from "../../protocol/training.ts";
import type { Handlers } from "../messages/dispatcher.ts";
import { cardsOf } from "./cards.ts";
import { recordComparison, scoreOf } from "./comparisons.ts";
import { addFiles, countFiles, reportOf } from "./datasets.ts";
import type { KnownModels } from "./known-models.ts";
import { TrainingFolders } from "./training-folders.ts";
import type { Trainings } from "./trainings.ts";

type TrainingHandlers = Pick<Handlers, keyof typeof TRAINING_METHODS>;

export interface TrainingHandlerOptions {
  trainings: Trainings;
  models: KnownModels;
  env: NodeJS.ProcessEnv;
}

export function createTrainingHandlers({ trainings, models, env }: TrainingHandlerOptions): TrainingHandlers {
  const folders = new TrainingFolders(env);
  return {
    "training/list": () => ({ runs: trainings.list(), problem: trainAddonProblem()?.message ?? null }),
    "training/start": (params) => trainings.start(params),
    "training/get": ({ runId }) => {
      const run = trainings.get(runId);
      run.look();
      return { run: run.entry(), points: run.points(), checkpoints: run.checkpoints() };
    },
    "training/pause": ({ runId }) => trainings.pause(runId),
    "training/resume": ({ runId }) => trainings.resume(runId),
    "training/stop": ({ runId }) => trainings.stop(runId),
    "training/remove": ({ runId }) => trainings.remove(runId),
    "training/install": async (params) => {
      const installed = await trainings.install(params);
      // The next fill may name it.
      models.look();
      return installed;
    },
    "dataset/check": ({ path }) => countFiles(path),
    "dataset/add": (params) => addFiles(params, folders),
    "dataset/info": ({ runId }) => reportOf(folders.data(trainings.get(runId).plan.runId)),
    "models/cards": () => {
      const first = models.entries().find(({ isDefault }) => isDefault)?.id;
      return { models: cardsOf(listModels(env), first) };
    },
    "comparison/record": (params) => ({ comparisons: recordComparison(folders.comparisons, params) }),
    "comparison/score": () => ({ pairs: scoreOf(folders.comparisons) }),
  };
}
