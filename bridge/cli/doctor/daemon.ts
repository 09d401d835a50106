/**
 * The doctor's checks of the daemon: does it answer, is its token secret, is its folder of requests private.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { connect } from "../../client/node.ts";
import { checkIsOwn } from "../../daemon/transports/folder.ts";
import type { Finding } from "../../install/examine.ts";
import { readConfig } from "../../instance/config.ts";
import { homeFolder } from "../../instance/folders.ts";
import { findInstance, type Instance } from "../../instance/lock.ts";
import { readToken, tokenPath } from "../../instance/token.ts";
import { VERSION } from "../version.ts";

/** A daemon on this machine answers in milliseconds, also while it fills. */
const ANSWER_MS = 5_000;

type Verdict = Omit<Finding, "name">;

export async function examineDaemon(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const instance = findInstance(env);
  const looks: [string, () => Verdict | Promise<Verdict>][] = [
    ["token", () => examineToken(env)],
    ["daemon", () => examineAnswer(env, instance)],
    ["requests", () => examineFolder(env, instance)],
  ];
  const findings: Finding[] = [];
  for (const [name, look] of looks) findings.push({ name, ...(await verdictOf(look)) });
  return findings;
}

async function verdictOf(look: () => Verdict | Promise<Verdict>): Promise<Verdict> {
  try {
    return await look();
  } catch (thrown) {
    const { code, message } = toBridgeError(thrown);
    return { state: "broken", detail: message, code };
  }
}

function examineToken(env: NodeJS.ProcessEnv): Verdict {
  const path = tokenPath(env);
  if (!existsSync(path)) return { state: "note", detail: "none yet; the daemon makes it when it starts" };
  if (readToken(env) === undefined) {
    return { state: "broken", detail: `${path} holds no token; continuo token --rotate` };
  }
  // Windows has no such bits: there the folder in the user's profile is what keeps others out.
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
    return { state: "broken", detail: `others can read ${path}; continuo token --rotate` };
  }
  return { state: "ok", detail: path };
}

async function examineAnswer(env: NodeJS.ProcessEnv, instance: Instance | undefined): Promise<Verdict> {
  if (instance === undefined) {
    return { state: "note", detail: "not running; hosts start it, and so does continuo serve --detach" };
  }
  const asked = askStatus(env);
  // The one that loses the race is ignored.
  asked.catch(() => {});
  const late = sleep(ANSWER_MS, undefined, { ref: false }).then(() => {
    throw new BridgeError("DAEMON_UNREACHABLE", "the daemon does not answer; stop it with continuo stop");
  });
  const { version, model } = await Promise.race([asked, late]);
  if (version !== VERSION) {
    const detail = `version ${version} runs at ${instance.url}, this is ${VERSION}; continuo stop, then continuo serve --detach`;
    return { state: "note", detail };
  }
  if (model === null) return { state: "broken", detail: `answers at ${instance.url}, without a model` };
  return { state: "ok", detail: `answers at ${instance.url}, ${model.id} on ${model.device}` };
}

async function askStatus(env: NodeJS.ProcessEnv) {
  const client = await connect({ env, name: "continuo doctor" });
  try {
    return await client.call("status", {});
  } finally {
    client.close();
  }
}

/** @throws BridgeError CONFIG_*, FOLDER_SHARED */
function examineFolder(env: NodeJS.ProcessEnv, instance: Instance | undefined): Verdict {
  const configured = readConfig(env).folder ?? join(homeFolder(env), "requests");
  const path = instance === undefined ? configured : (instance.folder ?? "");
  if (path === "") return { state: "note", detail: 'turned off by "folder" in config.json' };
  if (!existsSync(path)) {
    return instance === undefined
      ? { state: "note", detail: "no folder yet; the daemon makes it when it starts" }
      : { state: "broken", detail: `${path} is gone; continuo stop, then continuo serve --detach` };
  }
  checkIsOwn(path);
  return { state: "ok", detail: path };
}
