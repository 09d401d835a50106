/**
 * Warms up the engine: the first fill is the slowest, so the daemon makes one at its start.
 */
import { toBridgeError } from "../bridge-error.ts";
import { fillSong, type SeededRequest } from "../engine/fill.ts";
import type { Tick } from "../music/time.ts";
import type { Status } from "../protocol/methods.ts";
import type { KnownModels } from "./trainings/known-models.ts";

const PPQ = 24;
const BAR: Tick = 4 * PPQ;

const note = (startTick: Tick, pitch: number) => ({
  startTick,
  durationTicks: PPQ,
  pitch,
  velocity: 80,
  channel: 0,
});

const request: SeededRequest = {
  ppq: PPQ,
  tempoMap: [],
  timeSignatures: [],
  tracks: [
    {
      id: "warm-up",
      name: "",
      program: 0,
      isDrums: false,
      notes: [60, 62, 64, 65].map((pitch, quarter) => note(quarter * PPQ, pitch)),
    },
  ],
  region: { trackId: "warm-up", startTick: BAR, endTick: 2 * BAR },
  mode: "continue",
  controls: {},
  sampling: { seed: 1, candidates: 1 },
  lockedNotes: [],
};

/** The model that is loaded now; a daemon whose model does not load still says why to those who ask. */
export async function warmUp(
  models: KnownModels,
  device: string,
  onProblem: (reason: string) => void,
): Promise<Status["model"]> {
  try {
    const result = await fillSong(request, { model: models.choose(undefined), device });
    return { ...result.model, device: result.device };
  } catch (thrown) {
    onProblem(toBridgeError(thrown).message);
    return null;
  }
}
