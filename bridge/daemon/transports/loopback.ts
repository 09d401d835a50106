/**
 * The other loopback address: "localhost" is 127.0.0.1 to some programs and ::1 to others, so both are listened
 * to at one port.
 */
import type { Server } from "node:net";

const IPV6_LOOPBACK = "::1";
/** This machine has no IPv6; then nobody on it will come by it. */
const ABSENT = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL", "ENETUNREACH"]);

/**
 * Let `server` listen to ::1 too.
 * @returns whether the machine has it
 * @throws the system's error, such as EADDRINUSE
 */
export function listenToIpv6(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) =>
      cause.code !== undefined && ABSENT.has(cause.code) ? resolve(false) : reject(cause);
    server.once("error", fail);
    server.listen({ port, host: IPV6_LOOPBACK, ipv6Only: true }, () => {
      server.off("error", fail);
      resolve(true);
    });
  });
}
