/**
 * How a browser is authorised: a code opens the page once, and is replaced by a cookie.
 *
 * Only the holder of the token can request a code. The cookie's value is derived from the token, so it outlives a
 * daemon that was killed, and is void once the token changes.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isToken } from "../../instance/token.ts";

const CODE_MS = 60_000;
/** Codes that nobody used are forgotten, the oldest first. */
const MOST_CODES = 64;

interface DoorOptions {
  /** The token in force. */
  readToken: () => string;
  /** That the daemon listens to: browsers share cookies between ports, so the name tells them apart. */
  port: () => number;
  /** Over TLS the cookie goes nowhere else. */
  isSecure: boolean;
  /** Milliseconds. */
  now?: () => number;
}

export class Door {
  private readonly options: DoorOptions;
  /** Until when each is good, and the token in whose name it was given. */
  private readonly codes = new Map<string, { until: number; token: string }>();

  constructor(options: DoorOptions) {
    this.options = options;
  }

  /** A code that opens the page once, soon. */
  newCode(): string {
    const code = randomBytes(24).toString("base64url");
    this.codes.set(code, { until: this.now() + CODE_MS, token: this.options.readToken() });
    for (const oldest of this.codes.keys()) {
      if (this.codes.size <= MOST_CODES) break;
      this.codes.delete(oldest);
    }
    return code;
  }

  /** Whether a code would open the page now; it stays good. */
  isGood(code: string): boolean {
    const found = this.codes.get(code);
    return found !== undefined && this.now() <= found.until && found.token === this.options.readToken();
  }

  /** Use a code up. @returns the cookie to set; undefined for a code that is invalid, used or expired */
  enter(code: string): string | undefined {
    const isGood = this.isGood(code);
    this.codes.delete(code);
    if (!isGood) return undefined;
    const secure = this.options.isSecure ? "; Secure" : "";
    return `${this.name}=${this.value}; HttpOnly; SameSite=Strict; Path=/${secure}`;
  }

  /** Whether a request brings the cookie in force. */
  isOpenTo({ cookie }: IncomingHttpHeaders): boolean {
    const pairs = (cookie ?? "").split(";").map((pair) => pair.trim());
    const own = pairs.filter((pair) => pair.startsWith(`${this.name}=`));
    return own.some((pair) => isToken(pair.slice(this.name.length + 1), this.value));
  }

  private get name(): string {
    return `continuo_${this.options.port()}`;
  }

  private get value(): string {
    return createHmac("sha256", this.options.readToken()).update("continuo page").digest("base64url");
  }

  private now(): number {
    return this.options.now?.() ?? performance.now();
  }
}
