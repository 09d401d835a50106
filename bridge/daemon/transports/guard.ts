/**
 * Access to the daemon: checks of Host, Origin and token that every transport with headers shares.
 *
 * A web page can make a browser send requests to this machine. It cannot set Host (so a name that was bent to
 * 127.0.0.1 is seen: DNS rebinding) and cannot hide its Origin, and it does not know the token.
 */
import type { IncomingHttpHeaders } from "node:http";
import { BridgeError } from "../../bridge-error.ts";
import { isToken } from "../../instance/token.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** An address cannot be bent to another machine, only a name can. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

export class Guard {
  private readonly readToken: () => string;
  private readonly isPage: (headers: IncomingHttpHeaders) => boolean;
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;
  private readonly isElsewhere: boolean;

  /**
   * @param readToken  the token in force
   * @param origins    of web pages that may speak with us, as browsers send them (`serializedOrigin`)
   * @param hosts      names of ours beside those of loopback, without port; with any, others' machines reach us
   *                   by addresses too
   * @param isPage     whether a request brings the cookie of our own page
   */
  constructor(
    readToken: () => string,
    origins: readonly string[],
    hosts: readonly string[] = [],
    isPage: (headers: IncomingHttpHeaders) => boolean = () => false,
  ) {
    this.readToken = readToken;
    this.isPage = isPage;
    this.origins = new Set(origins);
    this.hosts = new Set([...LOOPBACK_NAMES, ...hosts.map((host) => host.toLowerCase())]);
    this.isElsewhere = hosts.length > 0;
  }

  /** @throws BridgeError HOST_FORBIDDEN, ORIGIN_FORBIDDEN */
  checkSource(headers: IncomingHttpHeaders): void {
    const { host, origin } = headers;
    const name = host?.replace(/:\d+$/, "").toLowerCase();
    if (name === undefined || !this.isOurs(name)) {
      throw new BridgeError(
        "HOST_FORBIDDEN",
        `the request names the host ${quoted(host)}; use 127.0.0.1 or localhost`,
      );
    }
    if (origin === undefined ? !isFromElsewhere(headers) : this.isAllowed(origin, host)) return;
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
      throw new BridgeError("TOKEN_WRONG", "the token is wrong; continuo token prints the current one");
    }
  }

  /**
   * Whether our own page opens a connection. Browsers send the cookie along with what pages of other ports ask for,
   * but say whose page it is.
   */
  isFromOwnPage(headers: IncomingHttpHeaders): boolean {
    return isOwn(headers.origin, headers.host) && this.isPage(headers);
  }

  /**
   * For what our page only reads, by links and pictures, which cannot carry the token.
   * @throws BridgeError TOKEN_MISSING, TOKEN_WRONG
   */
  checkReader(headers: IncomingHttpHeaders): void {
    if (!this.isReader(headers)) this.checkToken(bearer(headers.authorization));
  }

  /** Whether our page reads, by its cookie. */
  isReader(headers: IncomingHttpHeaders): boolean {
    const site = headers["sec-fetch-site"];
    const isOurs = site === "same-origin" || site === "none";
    return headers.authorization === undefined && isOurs && this.isPage(headers);
  }

  private isOurs(name: string): boolean {
    return this.hosts.has(name) || (this.isElsewhere && ADDRESS.test(name));
  }

  /** Our own pages, and those that the user named. */
  private isAllowed(origin: string, host: string | undefined): boolean {
    return this.origins.has(origin) || isOwn(origin, host);
  }
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Pictures and scripts of a page are asked for without Origin; browsers say in another header whose they are. */
function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  const isOther = site === "cross-site" || site === "same-site";
  // A followed link is not a page that reads the answer.
  return isOther && headers["sec-fetch-mode"] !== "navigate";
}

/** The token of `Authorization: Bearer TOKEN`. */
export function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

function quoted(text: string | undefined): string {
  return JSON.stringify((text ?? "").slice(0, 100));
}
