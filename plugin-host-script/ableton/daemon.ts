/**
 * The daemon from inside Live: found, started if it is not running, asked. One connection per request, so that
 * nothing is held open between them, and a restarted daemon is found.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { Client, type ResumeOptions } from "../../bridge/client/client.ts";
import type { FillResult, MethodParams, OneTrackRequest } from "../../bridge/client/generated/protocol.ts";
import type { Endpoint, Socket } from "../../bridge/client/socket.ts";
import { homeFolder } from "../../bridge/instance/folders.ts";
import { findInstance } from "../../bridge/instance/lock.ts";
import { tokenPath } from "../../bridge/instance/token.ts";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import { DEADLINE_MS } from "./request.ts";

declare const CONTINUO_VERSION: string;

const START_MS = 20_000;
/** A daemon that hangs is given up this long after it should have answered. */
const GRACE_MS = 15_000;
/** What is asked beside a fill must not keep the musician waiting. */
const ASIDE_MS = 2_000;

export interface DaemonOptions {
  env: NodeJS.ProcessEnv;
  /** Where it is, if the musician said so. */
  given: () => Endpoint | undefined;
}

export interface DaemonFill extends ResumeOptions {
  /** What happens before the fill begins. */
  onStage: (text: string) => void;
}

/** A region that the musician fills by hand. */
interface DaemonRoll extends Pick<DaemonFill, "signal" | "onStage"> {
  /** It is in the browser by now; the page's address, for whom no browser came up. */
  onOpen: (url: string) => void;
}

export interface Filled {
  jobId: string;
  result: FillResult;
}

export class Daemon {
  private readonly options: DaemonOptions;

  constructor(options: DaemonOptions) {
    this.options = options;
  }

  /** @throws BridgeError the daemon's and the client's; DAEMON_NOT_RUNNING, DAEMON_NOT_STARTED */
  async fill(request: OneTrackRequest, { onStage, ...events }: DaemonFill): Promise<Filled> {
    const endpoint = this.find() ?? (await this.start(events.signal, onStage));
    const client = clientOf(endpoint);
    const timer = setTimeout(() => client.close(), DEADLINE_MS + GRACE_MS);
    let jobId = "";
    try {
      const onStart = (id: string) => {
        jobId = id;
      };
      const result = await client.fill(request, { ...events, onStart });
      return { jobId, result };
    } catch (thrown) {
      throw codeOf(thrown) === "CLIENT_CLOSED" ? late() : thrown;
    } finally {
      clearTimeout(timer);
      client.close();
    }
  }

  /**
   * Have the musician fill it in the piano roll, for as long as it takes. @returns all notes of the region
   * @throws BridgeError as fill; CANCELLED also where it is given back unchanged
   */
  async roll(
    title: string,
    request: OneTrackRequest,
    { onStage, onOpen, signal }: DaemonRoll,
  ): Promise<FillResult> {
    const endpoint = this.find() ?? (await this.start(signal, onStage));
    const client = clientOf(endpoint);
    try {
      onStage("Opening the piano roll");
      const { jobId, url } = await client.call("roll/ask", { title, request }, { signal });
      onOpen(url);
      return await client.resume(jobId, { signal });
    } finally {
      client.close();
    }
  }

  /** What the musician kept, or that none of the candidates was; nobody waits for it, and it may be forgotten there. */
  async tell(jobId: string, candidate: number | undefined): Promise<void> {
    await this.aside<unknown>((client) =>
      candidate === undefined
        ? client.call("fill/reject", { jobId })
        : client.call("fill/accept", { jobId, candidate }),
    );
  }

  /** Ids of the models, the default first; none where no daemon runs. */
  async models(): Promise<string[]> {
    const answer = await this.aside((client) => client.call("models/list", {}));
    const models = [...(answer?.models ?? [])].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
    return models.map(({ id }) => id);
  }

  /**
   * Ids of tracks in the order in which a band is written; undefined where the daemon can't say.
   * @throws BridgeError DAEMON_NOT_RUNNING, DAEMON_NOT_STARTED
   */
  async order(
    song: MethodParams["fill/order"],
    { onStage, signal }: Pick<DaemonFill, "signal" | "onStage">,
  ): Promise<string[] | undefined> {
    if (!this.isRunning) await this.start(signal, onStage);
    return (await this.aside((client) => client.call("fill/order", song)))?.trackIds;
  }

  get isRunning(): boolean {
    return this.find() !== undefined;
  }

  private async aside<T>(ask: (client: Client) => Promise<T>): Promise<T | undefined> {
    const endpoint = this.find();
    if (endpoint === undefined) return undefined;
    const client = clientOf(endpoint);
    const timer = setTimeout(() => client.close(), ASIDE_MS);
    try {
      return await ask(client);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
      client.close();
    }
  }

  private find(): Endpoint | undefined {
    const given = this.options.given();
    if (given !== undefined) return given;
    const instance = findInstance(this.options.env);
    if (instance === undefined) return undefined;
    const token = read(tokenPath(this.options.env))?.trim();
    return { url: instance.url, ...(token === undefined ? {} : { token }) };
  }

  private async start(signal: AbortSignal | undefined, onStage: (text: string) => void): Promise<Endpoint> {
    onStage("Starting Continuo's daemon");
    const folder = homeFolder(this.options.env);
    const [node, program] = (read(join(folder, "program.txt")) ?? "").split(/\r?\n/);
    if (!node || !program) {
      throw new BridgeError(
        "DAEMON_NOT_RUNNING",
        `no daemon runs, and ${join(folder, "program.txt")}, which says how to start one, can't be read: run "continuo install ableton" once, or start it by "continuo serve --detach"; if it does run, put its token into Continuo's settings`,
      );
    }
    await run(node, [program, "serve", "--detach"], this.options.env, signal);
    const endpoint = this.find();
    if (endpoint !== undefined) return endpoint;
    throw new BridgeError("DAEMON_NOT_STARTED", 'the daemon ended at once; "continuo doctor" says more');
  }
}

function clientOf(endpoint: Endpoint): Client {
  return new Client({ name: "ableton", version: CONTINUO_VERSION, endpoint: () => endpoint, createSocket });
}

function createSocket(url: string): Socket {
  const socket = new WebSocket(url, { maxPayload: LIMITS.bodyBytes, perMessageDeflate: false });
  // ws calls handlers with events of its own, which have what the client reads of them.
  return socket as unknown as Socket;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, or kept away by Live: the caller says what to do.
    return undefined;
  }
}

/** Run a program to its end. @throws BridgeError DAEMON_NOT_STARTED with what it said, CANCELLED */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
  const stop = () => child.kill();
  const timer = setTimeout(stop, START_MS);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-500);
  });
  try {
    const failed = await new Promise<string | undefined>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code) => resolve(code === 0 ? undefined : said.trim() || "it said nothing"));
    });
    if (signal?.aborted) throw new BridgeError("CANCELLED", "cancelled; nothing was changed");
    if (failed === undefined) return;
    throw new BridgeError(
      "DAEMON_NOT_STARTED",
      `the daemon could not be started: ${failed}; try "continuo serve --detach"`,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function late(): BridgeError {
  return new BridgeError("DEADLINE_EXCEEDED", "the daemon did not answer in time; try again, or fill less");
}

export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof BridgeError ? thrown.code : undefined;
}
