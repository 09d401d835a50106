/**
 * Where the daemon listens, and with which certificate.
 */
import { readFileSync } from "node:fs";
import type { Server } from "node:net";
import { createSecureContext } from "node:tls";
import { BridgeError } from "../../bridge-error.ts";
import type { Config } from "../../instance/config.ts";
import { listenToIpv6 } from "./loopback.ts";

/** Connections that wait to be accepted, as many as systems allow: those of a musician wait among those of strangers. */
const BACKLOG = 4_096;

/** The certificate and its key, where the settings name them. @throws BridgeError TLS_UNREADABLE */
export function tlsOf({ tls }: Config): { tls?: { cert: Buffer; key: Buffer } } {
  if (tls === undefined) return {};
  try {
    const pair = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
    // Throws if they are not a certificate, or do not belong together.
    createSecureContext(pair);
    return { tls: pair };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError(
      "TLS_UNREADABLE",
      `the certificate or its key cannot be read (${reason}); check "tls" in config.json`,
      {
        cause,
      },
    );
  }
}

/** The same port of ::1, so that nobody else waits there. @throws BridgeError PORT_TAKEN */
export async function besideIpv4(server: Server, port: number): Promise<void> {
  try {
    await listenToIpv6(server, port);
  } catch (cause) {
    throw new BridgeError("PORT_TAKEN", `port ${port} of ::1 is taken by another program; choose another`, {
      data: { port },
      cause,
    });
  }
}

/** @param setting  that names the port @throws BridgeError PORT_TAKEN, LISTEN_FAILED */
export function listen(server: Server, port: number, host: string, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === "EADDRINUSE"
          ? new BridgeError(
              "PORT_TAKEN",
              `port ${port} is taken by another program; choose another "${setting}", 0 takes any`,
              {
                data: { port },
                cause,
              },
            )
          : new BridgeError(
              "LISTEN_FAILED",
              `${host}:${port} cannot be listened to (${cause.message}); choose another`,
              {
                cause,
              },
            ),
      );
    });
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
}
