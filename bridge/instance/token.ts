/**
 * The secret that clients need: a file that only the user can read.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "./folders.ts";

const TOKEN_FILE = "token";
const LOOK_MS = 1_000;
const TOKEN = /^[0-9a-f]{64}$/;

export function tokenPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), TOKEN_FILE);
}

/** The token, if there is one. @throws BridgeError TOKEN_UNREADABLE */
export function readToken(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const path = tokenPath(env);
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("TOKEN_UNREADABLE", `${path} cannot be read (${reason}); it must belong to you`, {
      cause,
    });
  }
  return TOKEN.test(text) ? text : undefined;
}

/** The token, created if missing. @throws BridgeError TOKEN_UNREADABLE, TOKEN_NOT_WRITTEN */
export function ensureToken(env: NodeJS.ProcessEnv = process.env): string {
  return readToken(env) ?? rotateToken(env);
}

/** A new token; the old one is worth nothing from the moment that a daemon reads this one. */
export function rotateToken(env: NodeJS.ProcessEnv = process.env): string {
  const token = randomBytes(32).toString("hex");
  const path = tokenPath(env);
  try {
    mkdirSync(homeFolder(env), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, `${token}\n`, { mode: 0o600 });
    renameSync(`${path}.part`, path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("TOKEN_NOT_WRITTEN", `${path} was not written (${reason}); check its permissions`, {
      cause,
    });
  }
  return token;
}

/** The token in force, as its file says at this moment. */
export class CurrentToken {
  private readonly env: NodeJS.ProcessEnv;
  private token: string;
  private seen: string;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param onChange  hears of a new token soon, also while nobody asks
   * @throws BridgeError TOKEN_UNREADABLE, TOKEN_NOT_WRITTEN
   */
  constructor(env: NodeJS.ProcessEnv, onChange: () => void) {
    this.env = env;
    this.token = ensureToken(env);
    this.seen = this.stamp();
    let known = this.token;
    this.timer = setInterval(() => {
      const now = this.read();
      if (now !== known) onChange();
      known = now;
    }, LOOK_MS);
    this.timer.unref();
  }

  read(): string {
    const stamp = this.stamp();
    if (stamp === this.seen) return this.token;
    try {
      this.token = readToken(this.env) ?? this.token;
      this.seen = stamp;
    } catch {
      // The file is being exchanged; the next look finds it.
    }
    return this.token;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private stamp(): string {
    const found = statSync(tokenPath(this.env), { throwIfNoEntry: false, bigint: true });
    return found === undefined ? "" : `${found.ino} ${found.mtimeNs} ${found.size}`;
  }
}

/** Compared in constant time, whatever the lengths. */
export function isToken(given: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given ?? ""), digest(token));
}
