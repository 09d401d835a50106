/**
 * Regions that hosts ask the musician to fill: a roll, and a fill that ends when the musician sends it back.
 *
 * Where the host goes away first, its fill is cancelled as any other, and the song stays open with nobody who waits.
 */
import { BridgeError } from "../../bridge-error.ts";
import type { OneTrackRequest } from "../../protocol/fill.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Session } from "../messages/session.ts";
import type { Broadcast } from "../transports/broadcast.ts";
import { answerByHand } from "./answer.ts";
import { type Roll, trackById } from "./roll.ts";
import type { Rolls } from "./rolls.ts";

/** Each keeps its roll open. */
const MOST_ASKS = 16;

interface Ask {
  job: Job;
  request: OneTrackRequest;
}

interface AsksOptions {
  rolls: Rolls;
  jobs: Jobs;
  broadcast: Broadcast;
}

export class Asks {
  private readonly options: AsksOptions;
  private readonly byRoll = new Map<string, Ask>();

  constructor(options: AsksOptions) {
    this.options = options;
  }

  /** @throws BridgeError TRACK_NOT_FOUND, REGION_EMPTY, BUSY, SHUTTING_DOWN, and as Rolls.openSong */
  async begin(title: string, request: OneTrackRequest, session: Session): Promise<{ job: Job; roll: Roll }> {
    const { rolls, jobs } = this.options;
    check(request);
    if (this.byRoll.size >= MOST_ASKS) {
      throw new BridgeError(
        "BUSY",
        `${this.byRoll.size} regions wait in the piano roll; send some back first`,
        { data: { retryAfterMs: LIMITS.waitMs }, retryable: true },
      );
    }
    const { ppq, tempoMap, timeSignatures, tracks, region } = request;
    const roll = await rolls.openSong(title, { ppq, tempoMap, timeSignatures, tracks });
    const seeded = { ...request, sampling: { ...request.sampling, seed: 0 } };
    const job = jobs.hold(seeded, { session, detached: false });
    roll.host = { name: session.clientName, region };
    this.byRoll.set(roll.id, { job, request });
    this.tell(roll);
    void job.ended.then(() => {
      this.byRoll.delete(roll.id);
      roll.host = null;
      this.tell(roll);
    });
    return { job, roll };
  }

  /** Send the region's notes back. @returns how many @throws BridgeError ROLL_HOSTLESS */
  give(roll: Roll): number {
    const { job, request } = this.get(roll);
    const { region, tracks } = request;
    const before = trackById(tracks, region.trackId).notes;
    const now = roll.track(region.trackId).notes;
    const result = answerByHand(region, before, now, performance.now() - job.startedAt);
    if (!this.options.jobs.answer(job, result)) throw hostless(roll);
    return result.candidates[0]?.notes.length ?? 0;
  }

  /** @throws BridgeError ROLL_HOSTLESS */
  decline(roll: Roll): void {
    this.options.jobs.cancel(this.get(roll).job);
  }

  private get(roll: Roll): Ask {
    const ask = this.byRoll.get(roll.id);
    if (ask === undefined || ask.job.hasEnded) throw hostless(roll);
    return ask;
  }

  private tell(roll: Roll): void {
    this.options.broadcast.send("roll/host", roll.entry);
  }
}

/** What the core would say of a fill. */
function check({ region, tracks }: OneTrackRequest): void {
  const { trackId, startTick, endTick } = region;
  trackById(tracks, trackId);
  if (startTick >= endTick) {
    throw new BridgeError(
      "REGION_EMPTY",
      `the region ends at tick ${endTick}, not after its start ${startTick}; give a region of at least 1 tick`,
    );
  }
}

function hostless({ id }: Roll): BridgeError {
  return new BridgeError(
    "ROLL_HOSTLESS",
    "nobody waits for these notes any more; save the song as a file, or begin again in the DAW",
    { data: { rollId: id } },
  );
}
