/**
 * Who may speak with the daemon: checks of Host, Origin and token that every transport with headers shares.
 *
 * A web page can make a browser send requests to this machine. It cannot set Host (so a name that was bent to
 * 127.0.0.1 is seen: DNS rebinding) and cannot hide its Origin, and it does not know the token.
 */
import type { IncomingHttpHeaders } from "node:http";
import { BridgeError } from "../../bridge-error.ts";
import { isToken } from "../token.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

export class Guard {
  private readonly readToken: () => string;
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;

  /**
   * @param readToken  the token in force
   * @param origins    web pages that may speak with us
   * @param hosts      names of ours beside those of loopback, without port
   */
  constructor(readToken: () => string, origins: readonly string[], hosts: readonly string[] = []) {
    this.readToken = readToken;
    this.origins = new Set(origins.map((origin) => new URL(origin).origin));
    this.hosts = new Set([...LOOPBACK_NAMES, ...hosts]);
  }

  /** @throws BridgeError HOST_FORBIDDEN, ORIGIN_FORBIDDEN */
  checkSource({ host, origin }: Pick<IncomingHttpHeaders, "host" | "origin">): void {
    const name = host?.replace(/:\d+$/, "").toLowerCase();
    if (name === undefined || !this.hosts.has(name)) {
      throw new BridgeError(
        "HOST_FORBIDDEN",
        `the request names the host ${quoted(host)}; use 127.0.0.1 or localhost`,
      );
    }
    if (origin === undefined || this.origins.has(origin) || this.isOwn(origin, host)) return;
    throw new BridgeError(
      "ORIGIN_FORBIDDEN",
      `a page of ${quoted(origin)} may not speak with the daemon; allow it by "origins" in config.json`,
    );
  }

  /** @throws BridgeError TOKEN_MISSING, TOKEN_WRONG */
  checkToken(given: string | undefined): void {
    if (given === undefined || given === "") {
      throw new BridgeError("TOKEN_MISSING", "the token is missing; continuo token prints it");
    }
    if (!isToken(given, this.readToken())) {
      throw new BridgeError("TOKEN_WRONG", "the token is not the one in force; continuo token prints it");
    }
  }

  /** Our own pages. */
  private isOwn(origin: string, host: string | undefined): boolean {
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

/** The token of `Authorization: Bearer TOKEN`. */
export function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

function quoted(text: string | undefined): string {
  return JSON.stringify((text ?? "").slice(0, 100));
}
