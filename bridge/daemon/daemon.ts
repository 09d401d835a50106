/**
 * The daemon: what it is made of, in the order in which it starts and ends.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fillSong } from "../engine/fill-song.ts";
import type { Config } from "../instance/config.ts";
import { type Instance, Lock } from "../instance/lock.ts";
import { homeFolder } from "../instance/places.ts";
import { CurrentToken } from "../instance/token.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Status } from "../protocol/methods.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { createHandlers, inPreferredOrder } from "./handlers.ts";
import type { Job } from "./jobs/job.ts";
import { Jobs } from "./jobs/jobs.ts";
import { Metrics } from "./jobs/metrics.ts";
import { Journal } from "./journal/journal.ts";
import { learn } from "./journal/learn.ts";
import { Preference } from "./journal/preference.ts";
import { type Log, openLog } from "./log.ts";
import { Dispatcher } from "./messages/dispatcher.ts";
import { MessageReader } from "./messages/reader.ts";
import { createPianoRoll } from "./piano-roll.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { KnownModels } from "./trainings/known-models.ts";
import { Trainings } from "./trainings/trainings.ts";
import { Broadcast } from "./transports/broadcast.ts";
import { WatchedFolder } from "./transports/folder.ts";
import { Guard } from "./transports/guard.ts";
import { createHttp, HTTP_LIMITS } from "./transports/http.ts";
import { besideIpv4, listen, tlsOf } from "./transports/listen.ts";
import { TcpFrames } from "./transports/tcp.ts";
import { WebSockets } from "./transports/websocket.ts";
import { warmUp } from "./warm-up.ts";

const MIB = 1024 * 1024;
/** A fill stops within one step, so this is long. */
const GRACE_MS = 1_500;

export interface DaemonOptions {
  config: Config;
  version: string;
  env: NodeJS.ProcessEnv;
}

export interface Daemon {
  instance: Omit<Instance, "pid" | "startedAt">;
  /** Resolves when it has ended, by a signal or by a client's wish. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Start: take the lock, listen, load the model.
 * @throws BridgeError ALREADY_RUNNING, PORT_TAKEN, TLS_UNREADABLE, HOME_NOT_WRITABLE, MODEL_*, CONFIG_*
 */
export async function startDaemon({ config, version, env }: DaemonOptions): Promise<Daemon> {
  keepHeapSmall();
  const lock = Lock.take(env);
  const closers: (() => unknown)[] = [() => lock.release()];
  let stopping: Promise<void> | undefined;
  let markEnded: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve;
  });
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const close of closers.reverse()) await close();
      markEnded();
    })();
    return stopping;
  };
  try {
    // Who came in by the old token has to show the new one.
    const token = new CurrentToken(env, () => broadcast.dismiss("the token was changed"));
    closers.push(() => token.close());
    const log = openLog(config.log, env);
    closers.push(() => log.close());
    const metrics = new Metrics();
    closers.push(() => metrics.close());
    const broadcast = new Broadcast();
    const models = new KnownModels(env, config.model, (entries) =>
      broadcast.send("models/changed", { models: entries }),
    );
    closers.push(() => models.close());
    const { journal, interrupted, preference } = await openJournal(config, version, env);
    if (journal !== undefined) closers.push(() => journal.close());

    const current: { model: Status["model"] } = { model: null };
    const jobs = new Jobs({
      workers: config.workers,
      keepMs: config.keepMinutes * 60_000,
      keepBytes: config.keepMegabytes * MIB,
      run: async (request, signal, onProgress) => {
        const engine = { model: models.choose(request.model), device: config.device };
        const result = await fillSong(request, engine, { signal, onProgress });
        current.model = { ...result.model, device: result.device };
        const isReordered = config.rerank && request.order !== "model";
        return isReordered ? inPreferredOrder(result, preference) : result;
      },
      onStart: (job) => {
        const { session } = job.options;
        journal?.append({ type: "request", jobId: job.id, client: session.clientName, request: job.request });
      },
      onEnd: (job) => {
        metrics.ended(job);
        record(job, journal);
        tell(job, log, config.log.notes);
        if (journal?.problem !== undefined)
          log.logger.warn({ problem: journal.problem }, "the journal is not written");
      },
    });
    const startedAt = performance.now();
    const connections = () => sockets.connections + tcp.connections;
    const status = (): Status => ({
      version,
      protocolVersion: PROTOCOL_VERSION,
      pid: process.pid,
      uptimeMs: performance.now() - startedAt,
      model: current.model,
      jobs: jobs.counts,
      clients: connections(),
      memoryMib: process.memoryUsage.rss() / MIB,
      eventLoopDelayMs: metrics.eventLoopDelayMs,
    });
    const shutdown = () => setTimeout(() => void stop(), 50);
    const reader = new MessageReader();
    closers.push(() => reader.close());
    const scheme = config.tls === undefined ? "http" : "https";
    const address = config.listen ?? "127.0.0.1";
    const shown = address.includes(":") ? `[${address}]` : address;
    const roll = createPianoRoll({
      config,
      env,
      log,
      jobs,
      journal,
      broadcast,
      readToken: () => token.read(),
      port: () => port,
      pageUrl: () => `${scheme}://${shown}:${port}`,
    });
    closers.push(() => roll.close());
    const trainings = new Trainings({
      env,
      chooseModel: (id) => models.choose(id),
      onChange: (run) => broadcast.send("training/changed", { run }),
      onRemove: (runId) => broadcast.send("training/removed", { runId }),
    });
    closers.push(() => trainings.close());
    const dispatcher = new Dispatcher(
      createHandlers({
        version,
        jobs,
        models,
        journal,
        preference,
        interrupted,
        status,
        shutdown,
        rolls: roll.methods,
        training: { trainings, models, env },
      }),
      reader,
    );
    const guard = new Guard(
      () => token.read(),
      config.origins,
      config.listen === undefined ? [] : [config.listen],
      (headers) => roll.page.door.isOpenTo(headers),
    );

    const { page, addResources } = roll;
    const app = createHttp({ dispatcher, guard, metrics, page, addResources, ...tlsOf(config) });
    await app.ready();
    const isFull = () => connections() >= LIMITS.connections;
    const sockets = new WebSockets({ dispatcher, guard, metrics, isFull, broadcast });
    sockets.attach(app.server);
    const tcp = new TcpFrames({ dispatcher, guard, metrics, isFull, broadcast });
    closers.push(() => app.close());
    await listen(app.server, config.port, address, "port");
    const { port } = app.server.address() as AddressInfo;
    if (config.listen === undefined && config.tls === undefined) {
      const ipv6 = createServer(HTTP_LIMITS, (request, response) => app.routing(request, response));
      sockets.attach(ipv6);
      await besideIpv4(ipv6, port);
      closers.push(
        () => ipv6.closeAllConnections(),
        () => ipv6.close(),
      );
    }
    closers.push(() => sockets.close());
    // Frames carry no encryption, so they stay on this machine whatever HTTP listens to.
    await listen(tcp.server, config.tcpPort, "127.0.0.1", "tcpPort");
    closers.push(() => tcp.close());
    const tcpPort = (tcp.server.address() as AddressInfo).port;
    await besideIpv4(tcp.ipv6, tcpPort);
    const folderPath = config.folder ?? join(homeFolder(env), "requests");
    const folder = folderPath === "" ? null : new WatchedFolder(folderPath, { dispatcher, metrics });
    if (folder !== null) closers.push(() => folder.close());
    metrics.watch(jobs, connections);
    // Ends first, so that the clients hear how their fills ended.
    closers.push(() => jobs.close(GRACE_MS));

    const instance = { url: `${scheme}://${shown}:${port}`, tcpPort, folder: folder?.path ?? null, version };
    lock.publish(instance);
    log.logger.info({ ...instance }, "ready");
    current.model = await warmUp(models, config.device, (reason) =>
      log.logger.warn({ reason }, "the model is not ready"),
    );
    return { instance, ended, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function openJournal(config: Config, version: string, env: NodeJS.ProcessEnv) {
  const preference = new Preference();
  if (!config.journal) return { journal: undefined, interrupted: new Set<string>(), preference };
  // A long journal is read beside the first fills.
  if (config.rerank) void learn(preference, env).catch(() => {});
  return { ...(await Journal.open(env, version)), preference };
}

function record(job: Job, journal: Journal | undefined): void {
  const { id: jobId, result, error } = job;
  if (result !== null) journal?.append({ type: "answer", jobId, result });
  if (error === null) return;
  const { code, message, data, retryable } = error;
  journal?.append({ type: "failure", jobId, error: { code, message, data, retryable } });
}

function tell(job: Job, { logger }: Log, withNotes: boolean): void {
  const { id, state, result, error, request } = job;
  logger.info(
    {
      job: id,
      state,
      client: job.options.session.clientName,
      transport: job.options.session.transport,
      ms: Math.round((job.endedAt ?? 0) - job.startedAt),
      ...(error === null ? {} : { code: error.code }),
      ...(withNotes ? { request, result } : {}),
    },
    "fill",
  );
}
