/**
 * The user's folder and the token in it belong to the user alone: closed where they were open, and a token that others
 * could read or put there is worth nothing any more. Windows has no such bits: there the user's profile keeps others out.
 */
import { chmodSync, type Stats, statSync } from "node:fs";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "./folders.ts";
import { rotateToken, tokenPath } from "./token.ts";

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * @returns what was mended, a sentence each
 * @throws BridgeError HOME_FOREIGN, TOKEN_NOT_WRITTEN
 */
export function secureHome(env: NodeJS.ProcessEnv): string[] {
  const uid = process.getuid?.();
  const home = homeFolder(env);
  const folder = statSync(home, { throwIfNoEntry: false });
  if (uid === undefined || folder === undefined) return [];
  if (folder.uid !== uid) {
    throw new BridgeError(
      "HOME_FOREIGN",
      `${home} belongs to another user, who could read and change what you do; set CONTINUO_HOME to a folder of yours`,
      { data: { path: home } },
    );
  }
  const mended: string[] = [];
  if ((folder.mode & OTHERS) !== 0) {
    close(home, 0o700);
    mended.push(`${home} was open to others, and is closed now`);
  }
  const path = tokenPath(env);
  const token = statSync(path, { throwIfNoEntry: false });
  // What is no file cannot be read either, and that is said by who reads it.
  if (token?.isFile() !== true) return mended;
  const reason = whyDoubtful(folder, token, uid);
  if (reason === undefined) return mended;
  rotateToken(env);
  return [...mended, `${reason} ${path}, so there is a new token; clients read it from there`];
}

function whyDoubtful(folder: Stats, token: Stats, uid: number): string | undefined {
  if (token.uid !== uid) return "another user made";
  if ((folder.mode & OTHERS_WRITE) !== 0) return "others could have replaced";
  return (token.mode & OTHERS) !== 0 ? "others could read" : undefined;
}

function close(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("HOME_NOT_WRITABLE", `${path} is open to others and cannot be closed (${reason})`, {
      data: { path },
      cause,
    });
  }
}
