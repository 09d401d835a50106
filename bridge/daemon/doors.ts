/**
 * The daemon's transports: HTTP, WebSocket, TCP frames and the watched folder, opened one after the other.
 */

import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "../instance/config.ts";
import { homeFolder } from "../instance/folders.ts";
import type { Metrics } from "./jobs/metrics.ts";
import type { Life } from "./life.ts";
import type { Log } from "./log.ts";
import type { Dispatcher } from "./messages/dispatcher.ts";
import type { PianoRoll } from "./piano-roll.ts";
import { Admission } from "./transports/admission.ts";
import type { Broadcast } from "./transports/broadcast.ts";
import { Clients } from "./transports/clients.ts";
import { WatchedFolder } from "./transports/folder.ts";
import type { Guard } from "./transports/guard.ts";
import { createHttp } from "./transports/http.ts";
import { besideIpv4, listen, tlsOf } from "./transports/listen.ts";
import { TcpFrames } from "./transports/tcp.ts";
import { WebServer } from "./transports/web-server.ts";
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
  log: Log;
  broadcast: Broadcast;
  roll: PianoRoll;
  /** Its port is set. */
  address: WebAddress;
}

export class Doors {
  private readonly options: DoorsOptions;
  private readonly sockets: WebSockets;
  private readonly tcp: TcpFrames;
  private readonly admission = new Admission();
  private readonly clients = new Clients();

  constructor(options: DoorsOptions) {
    this.options = options;
    const shared = { ...options, admission: this.admission, clients: this.clients };
    this.sockets = new WebSockets(shared);
    this.tcp = new TcpFrames(shared);
  }

  /** Clients with a connection that stays. */
  get connections(): number {
    return this.clients.count;
  }

  /** Connections that have not shown the token. */
  get strangers(): number {
    return this.admission.strangers;
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
    const { admission } = this;
    const openServer = (handle: RequestListener) => {
      const web = new WebServer(handle, { admission, ...tlsOf(config) });
      this.sockets.attach(web);
      return web.server;
    };
    const app = createHttp({ dispatcher, guard, metrics, page, addResources, admission, openServer });
    await app.ready();
    life.closing(app);
    life.atEnd(() => app.server.closeAllConnections());
    // fastify closes what it listens to, which this is not.
    life.atEnd(() => app.server.close());
    life.closing(this.admission);
    await listen(app.server, config.port, address.host, "port");
    address.port = (app.server.address() as AddressInfo).port;
    if (config.listen === undefined && config.tls === undefined) await this.openIpv6(app, life);
    life.closing(this.sockets);
  }

  private async openIpv6(app: FastifyInstance, life: Life): Promise<void> {
    const web = new WebServer((request, response) => app.routing(request, response), {
      admission: this.admission,
    });
    this.sockets.attach(web);
    const ipv6 = web.server;
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
    const { config, env, dispatcher, metrics, log } = this.options;
    const path = config.folder ?? join(homeFolder(env), "requests");
    if (path === "") return null;
    const onTrouble = (reason: string) =>
      log.logger.warn({ reason }, "a file in the folder of requests cannot be dealt with");
    return life.closing(new WatchedFolder(path, { dispatcher, metrics, onTrouble })).path;
  }
}
