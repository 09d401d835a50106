/**
 * What the methods of the piano roll do.
 */
import { BridgeError } from "../../bridge-error.ts";
import type { ROLL_METHODS } from "../../protocol/roll.ts";
import type { Handlers } from "../dispatcher.ts";
import type { Door } from "../page/door.ts";
import type { Broadcast } from "../transports/broadcast.ts";
import type { Rolls } from "./rolls.ts";

export interface RollHandlerOptions {
  rolls: Rolls;
  broadcast: Broadcast;
  door: Door;
  /** Of the page, such as http://127.0.0.1:7878. */
  pageUrl: () => string;
}

export function createRollHandlers(options: RollHandlerOptions): Pick<Handlers, keyof typeof ROLL_METHODS> {
  const { rolls, broadcast, door } = options;
  const newUrl = (rollId?: string): string => {
    const roll = rollId === undefined ? "" : `&roll=${rollId}`;
    return `${options.pageUrl()}/open?code=${door.newCode()}${roll}`;
  };
  const missing = (): never => {
    throw new BridgeError("METHOD_UNKNOWN", "this daemon cannot do that yet; bring it up to date");
  };
  return {
    "roll/open": async ({ title, file, song }) => {
      if (file !== undefined && song === undefined)
        return (await rolls.openFile(title, Buffer.from(file, "base64"))).whole;
      if (song !== undefined && file === undefined) return rolls.openSong(title, song).whole;
      throw new BridgeError(
        "REQUEST_INVALID",
        'roll/open wants either "file" or "song"; see docs/protocol.md',
      );
    },
    "roll/list": () => ({ rolls: rolls.entries }),
    "roll/get": ({ rollId }) => rolls.get(rollId).whole,
    "roll/edit": ({ rollId, changes }, session) => {
      const roll = rolls.get(rollId);
      const changed = roll.edit(changes);
      const { version } = roll;
      broadcast.send("roll/changed", { rollId, version, changes: changed }, session);
      return { version };
    },
    "page/open": ({ rollId }) => {
      if (rollId !== undefined) rolls.get(rollId);
      return { url: newUrl(rollId) };
    },
    "roll/ask": missing,
    "roll/scale": missing,
    "roll/export": missing,
    "roll/return": missing,
    "roll/decline": missing,
  };
}
