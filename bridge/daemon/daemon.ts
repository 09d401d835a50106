/**
 * The daemon: its parts, in the order in which they start and stop.
 */
import type { Config } from "../instance/config.ts";
import { type Instance, Lock } from "../instance/lock.ts";
import { CurrentToken } from "../instance/token.ts";
import type { Status } from "../protocol/methods.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { Doors, WebAddress } from "./doors.ts";
import { endOnFault } from "./fault.ts";
import { createJobs, openJournal } from "./fills.ts";
import { createHandlers } from "./handlers.ts";
import { Metrics } from "./jobs/metrics.ts";
import { Life } from "./life.ts";
import { type Log, openLog } from "./log.ts";

import { Dispatcher } from "./messages/dispatcher.ts";
import { MessageReader } from "./messages/reader.ts";
import { createPianoRoll } from "./piano-roll.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { WriteProblems } from "./storage/write-problems.ts";
import { KnownModels } from "./trainings/known-models.ts";
import { Trainings } from "./trainings/trainings.ts";
import { Broadcast } from "./transports/broadcast.ts";
import { Guard } from "./transports/guard.ts";
import { warmUp } from "./warm-up.ts";

const MIB = 1024 * 1024;
/** A fill stops within one step, so this is long. */
const GRACE_MS = 1_500;
/** So that the answer to `shutdown` leaves first. */
const FAREWELL_MS = 50;
/** How often the daemon looks whether its folder is still its own. */
const LOCK_LOOK_MS = 1_000;

export interface DaemonOptions {
  config: Config;
  version: string;
  env: NodeJS.ProcessEnv;
  /** For the log: what was found and mended before the start. */
  remarks?: readonly string[];
}

export interface Daemon {
  instance: Omit<Instance, "pid" | "startedAt">;
  /** Resolves when it has ended, by a signal or a client's request. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Start: take the lock, listen, load the model.
 * @throws BridgeError ALREADY_RUNNING, PORT_TAKEN, TLS_UNREADABLE, HOME_NOT_WRITABLE, MODEL_*, CONFIG_*
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  keepHeapSmall();
  const lock = Lock.take(options.env);
  const life = new Life();
  life.atEnd(() => lock.release());
  try {
    const core = await openCore(options, life);
    endOnFault(life, core.log);
    endWithLock(lock, life, core.log);
    const { address, doors } = connect(core, life);
    const opened = await doors.open(life);
    core.metrics.watch(core.jobs, core.problems, doors);
    // Ends first, so that the clients hear how their fills ended.
    life.atEnd(() => core.jobs.close(GRACE_MS));

    const instance = { url: address.url, ...opened, version: options.version };
    lock.publish(instance);
    for (const remark of options.remarks ?? []) core.log.logger.warn(remark);
    core.log.logger.info({ ...instance }, "ready");
    core.filled.model = await warmUp(core.models, options.config.device, (reason) =>
      core.log.logger.warn({ reason }, "the model is not ready"),
    );
    return { instance, ended: life.ended, stop: () => life.stop() };
  } catch (thrown) {
    await life.stop();
    throw thrown;
  }
}

/** Two daemons in one folder would overwrite each other's work. */
function endWithLock(lock: Lock, life: Life, { logger }: Log): void {
  let timesLost = 0;
  const timer = setInterval(() => {
    timesLost = lock.isLost() ? timesLost + 1 : 0;
    // Once may be the moment in which the file is exchanged.
    if (timesLost < 2) return;
    clearInterval(timer);
    logger.error("the daemon's folder was removed or belongs to another daemon; it ends");
    void life.stop();
  }, LOCK_LOOK_MS);
  timer.unref();
  life.atEnd(() => clearInterval(timer));
}

type Core = Awaited<ReturnType<typeof openCore>>;

/** What works behind the doors: models, journal and fills, and who hears of them. */
async function openCore({ config, version, env }: DaemonOptions, life: Life) {
  const broadcast = new Broadcast();
  // Who came in by the old token has to show the new one.
  const token = life.closing(new CurrentToken(env, () => broadcast.dismiss("the token was changed")));
  const log = life.closing(openLog(config.log, env));
  const metrics = life.closing(new Metrics());
  const models = life.closing(
    new KnownModels(env, config.model, (entries) => broadcast.send("models/changed", { models: entries })),
  );
  const problems = new WriteProblems((entries) => {
    broadcast.send("status/writing", { problems: [...entries] });
    for (const problem of entries) log.logger.warn({ problem }, "a file cannot be written");
  });
  const { journal, interrupted, preference } = await openJournal(config, version, env, problems);
  if (journal !== undefined) life.closing(journal);
  const filled: { model: Status["model"] } = { model: null };
  const onModel = (model: Status["model"]) => {
    filled.model = model;
  };
  const jobs = createJobs({ config, models, metrics, log, journal, preference, onModel });
  const learnt = { journal, interrupted, preference };
  return { config, version, env, broadcast, token, log, metrics, models, problems, ...learnt, jobs, filled };
}

/** What the doors lead to: the methods, the piano roll and the trainings. */
function connect(core: Core, life: Life): { address: WebAddress; doors: Doors } {
  const { config, version, env, broadcast, token, metrics, models, jobs, problems } = core;
  const startedAt = performance.now();
  const address = new WebAddress(config);
  const reader = life.closing(new MessageReader());
  const roll = life.closing(
    createPianoRoll({
      ...core,
      readToken: () => token.read(),
      port: () => address.port,
      pageUrl: () => address.url,
    }),
  );
  const trainings = life.closing(
    new Trainings({
      env,
      chooseModel: (id) => models.choose(id),
      onChange: (run) => broadcast.send("training/changed", { run }),
      onRemove: (runId) => broadcast.send("training/removed", { runId }),
    }),
  );
  const status = (): Status => ({
    version,
    protocolVersion: PROTOCOL_VERSION,
    pid: process.pid,
    uptimeMs: performance.now() - startedAt,
    model: core.filled.model,
    jobs: jobs.counts,
    clients: doors.connections,
    memoryMib: process.memoryUsage.rss() / MIB,
    eventLoopDelayMs: metrics.eventLoopDelayMs,
    writeProblems: problems.entries,
  });
  const handlers = createHandlers({
    ...core,
    status,
    shutdown: () => setTimeout(() => void life.stop(), FAREWELL_MS),
    rolls: roll.methods,
    training: { trainings, models, env },
  });
  const dispatcher = new Dispatcher(handlers, reader);
  const guard = new Guard(
    () => token.read(),
    config.origins,
    config.listen === undefined ? [] : [config.listen],
    (headers) => roll.page.door.isOpenTo(headers),
  );
  const doors = new Doors({ ...core, dispatcher, guard, roll, address });
  return { address, doors };
}
