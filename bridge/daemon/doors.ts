/**
 * The daemon's transports: HTTP, WebSocket, TCP frames and the watched folder, opened one after the other.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "../instance/config.ts";
import { homeFolder } from "../instance/folders.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Metrics } from "./jobs/metrics.ts";
import type { Life } from "./life.ts";
import type { Dispatcher } from "./messages/dispatcher.ts";
import type { PianoRoll } from "./piano-roll.ts";
import type { Broadcast } from "./transports/broadcast.ts";
import { WatchedFolder } from "./transports/folder.ts";
import type { Guard } from "./transports/guard.ts";
import { createHttp, HTTP_LIMITS } from "./transports/http.ts";
import { besideIpv4, listen, tlsOf } from "./transports/listen.ts";
import { TcpFrames } from "./transports/tcp.ts";
import { WebSockets } from "./transports/websocket.ts";

/** Where HTTP and WebSocket are found; complete once the daemon listens. */
export class WebAddress {
  readonly host: string;
  port = 0;
  private readonly scheme: string;

  constructor(config: Config) {
    this.scheme = config.tls === undefined ? "http" : "https";
    this.host = config.listen ?? "127.0.0.1";
  }

  get url(): string {
    const shown = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `${this.scheme}://${shown}:${this.port}`;
  }
}

interface DoorsOptions {
  config: Config;
  env: NodeJS.ProcessEnv;
  dispatcher: Dispatcher;
  guard: Guard;
  metrics: Metrics;
  broadcast: Broadcast;
  roll: PianoRoll;
  /** Its port is set. */
  address: WebAddress;
}

export class Doors {
  private readonly options: DoorsOptions;
  private readonly sockets: WebSockets;
  private readonly tcp: TcpFrames;

  constructor(options: DoorsOptions) {
    this.options = options;
    const shared = { ...options, isFull: () => this.connections >= LIMITS.connections };
    this.sockets = new WebSockets(shared);
    this.tcp = new TcpFrames(shared);
  }

  get connections(): number {
    return this.sockets.connections + this.tcp.connections;
  }

  /**
   * Listen; what is open is closed at the end of `life`, whatever fails here.
   * @throws BridgeError PORT_TAKEN, LISTEN_FAILED, TLS_UNREADABLE
   */
  async open(life: Life): Promise<{ tcpPort: number; folder: string | null }> {
    await this.openWeb(life);
    const tcpPort = await this.openTcp(life);
    return { tcpPort, folder: this.openFolder(life) };
  }

  private async openWeb(life: Life): Promise<void> {
    const { config, dispatcher, guard, metrics, roll, address } = this.options;
    const { page, addResources } = roll;
    const app = createHttp({ dispatcher, guard, metrics, page, addResources, ...tlsOf(config) });
    await app.ready();
    this.sockets.attach(app.server);
    life.closing(app);
    await listen(app.server, config.port, address.host, "port");
    address.port = (app.server.address() as AddressInfo).port;
    if (config.listen === undefined && config.tls === undefined) await this.openIpv6(app, life);
    life.closing(this.sockets);
  }

  private async openIpv6(app: FastifyInstance, life: Life): Promise<void> {
    const ipv6 = createServer(HTTP_LIMITS, (request, response) => app.routing(request, response));
    this.sockets.attach(ipv6);
    await besideIpv4(ipv6, this.options.address.port);
    life.atEnd(() => ipv6.closeAllConnections());
    life.atEnd(() => ipv6.close());
  }

  /** Frames carry no encryption, so they stay on this machine whatever HTTP listens to. */
  private async openTcp(life: Life): Promise<number> {
    const { tcp } = this;
    await listen(tcp.server, this.options.config.tcpPort, "127.0.0.1", "tcpPort");
    life.closing(tcp);
    const { port } = tcp.server.address() as AddressInfo;
    await besideIpv4(tcp.ipv6, port);
    return port;
  }

  private openFolder(life: Life): string | null {
    const { config, env, dispatcher, metrics } = this.options;
    const path = config.folder ?? join(homeFolder(env), "requests");
    return path === "" ? null : life.closing(new WatchedFolder(path, { dispatcher, metrics })).path;
  }
}
