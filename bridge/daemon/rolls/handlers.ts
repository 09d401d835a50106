/**
 * What the methods of the piano roll do.
 */
import { BridgeError } from "../../bridge-error.ts";
import { scaleOf } from "../../engine/song-file.ts";
import { nearRegion } from "../../music/near-region.ts";
import type { ROLL_METHODS } from "../../protocol/roll.ts";
import type { Handlers } from "../dispatcher.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Door } from "../page/door.ts";
import type { Broadcast } from "../transports/broadcast.ts";
import { Asks } from "./asks.ts";
import { exportFile } from "./output.ts";
import type { Rolls } from "./rolls.ts";

export interface RollHandlerOptions {
  rolls: Rolls;
  jobs: Jobs;
  broadcast: Broadcast;
  door: Door;
  /** Of the page, such as http://127.0.0.1:7878. */
  pageUrl(): string;
  openBrowser(url: string): void;
  exportFolder: string;
}

export function createRollHandlers(options: RollHandlerOptions): Pick<Handlers, keyof typeof ROLL_METHODS> {
  const { rolls, broadcast } = options;
  const asks = new Asks(options);
  const newUrl = (rollId?: string): string => {
    const roll = rollId === undefined ? "" : `&roll=${rollId}`;
    return `${options.pageUrl()}/open?code=${options.door.newCode()}${roll}`;
  };
  return {
    "roll/open": async ({ title, file, song, songNumber }) => {
      if (file !== undefined && song === undefined)
        return (await rolls.openFile(title, Buffer.from(file, "base64"), songNumber)).whole;
      if (song !== undefined && file === undefined) return (await rolls.openSong(title, song)).whole;
      throw new BridgeError(
        "REQUEST_INVALID",
        'roll/open wants either "file" or "song"; see docs/protocol.md',
      );
    },
    "roll/ask": async ({ title, request }, session) => {
      const { job, roll } = await asks.begin(title, request, session);
      const url = newUrl(roll.id);
      options.openBrowser(url);
      // A browser that uses the code leaves none for the host, who may show the address.
      return { ...job.entry(), url: newUrl(roll.id) };
    },
    "roll/list": () => ({ rolls: rolls.entries }),
    "roll/get": async ({ rollId }) => (await rolls.get(rollId)).whole,
    "roll/edit": async ({ rollId, changes }, session) => {
      const roll = await rolls.get(rollId);
      const changed = rolls.edit(roll, changes);
      const { version } = roll;
      broadcast.send("roll/changed", { rollId, version, changes: changed }, session);
      return { version };
    },
    "roll/scale": async ({ rollId, region }) => {
      const { ppq, tempoMap, timeSignatures, tracks } = (await rolls.get(rollId)).song;
      const own = tracks.map(({ channel: _, ...track }) => track);
      const near = nearRegion({ ppq, tempoMap, timeSignatures, tracks: own, region });
      return { scale: await scaleOf(near, region) };
    },
    "roll/export": async ({ rollId }) => {
      const roll = await rolls.get(rollId);
      return { path: await exportFile(roll, rolls.shelf, options.exportFolder) };
    },
    "roll/return": async ({ rollId }) => ({ noteCount: asks.give(await rolls.get(rollId)) }),
    "roll/decline": async ({ rollId }) => {
      asks.decline(await rolls.get(rollId));
      return { declined: true };
    },
    "page/open": async ({ rollId, browser }) => {
      if (rollId !== undefined) await rolls.get(rollId);
      const url = newUrl(rollId);
      if (!browser) return { url };
      options.openBrowser(url);
      return { url: newUrl(rollId) };
    },
  };
}
