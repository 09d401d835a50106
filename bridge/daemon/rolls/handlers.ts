/**
 * The handlers of the piano roll's methods.
 */
import { BridgeError } from "../../bridge-error.ts";
import { chordsOf, scaleOf } from "../../engine/song-file.ts";
import { mapsOf, tracksIn, tracksWith } from "../../music/song-in-region.ts";
import type { ROLL_METHODS, Roll as WholeRoll } from "../../protocol/roll.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Journal } from "../journal/journal.ts";
import type { Handlers } from "../messages/dispatcher.ts";
import type { Session } from "../messages/session.ts";
import type { Door } from "../page/door.ts";
import type { Broadcast } from "../transports/broadcast.ts";
import { Asks } from "./asks.ts";
import { controlsOf } from "./controls.ts";
import { exportFile } from "./output.ts";
import type { Roll, Song } from "./roll.ts";
import type { Rolls } from "./rolls.ts";

export interface RollHandlerOptions {
  rolls: Rolls;
  jobs: Jobs;
  journal: Journal | undefined;
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
  /** Shown by a client from now on. */
  const shown = (roll: Roll, session: Session): WholeRoll => {
    rolls.holders.hold(roll.id, session);
    return {
      ...roll.entry,
      song: roll.shownSong,
      warnings: roll.song.warnings,
      earlier: rolls.earlierOf(roll),
    };
  };
  return {
    "roll/open": async ({ title, file, song, path, songNumber }, session) => {
      if (file !== undefined && song === undefined) {
        const bytes = Buffer.from(file, "base64");
        return shown(await rolls.openFile(title, bytes, { path, songNumber }), session);
      }
      if (song !== undefined && file === undefined) return shown(await rolls.openSong(title, song), session);
      throw new BridgeError(
        "REQUEST_INVALID",
        'roll/open wants either "file" or "song"; see docs/protocol.md',
      );
    },
    "roll/ask": async ({ title, request }, session) => {
      const { job, roll } = await asks.begin(title, request, session);
      await options.journal?.written();
      const url = newUrl(roll.id);
      options.openBrowser(url);
      // A browser that uses the code leaves none for the host, who may show the address.
      return { ...job.entry(), url: newUrl(roll.id) };
    },
    "roll/list": () => ({ rolls: rolls.entries }),
    "roll/get": async ({ rollId }, session) => shown(await rolls.get(rollId), session),
    "roll/close": ({ rollId }, session) => {
      rolls.holders.release(rollId, session);
      return { closed: true };
    },
    "roll/remove": async ({ rollId }) => {
      const removed = rolls.entries.filter((entry) => entry.rollId === rollId);
      await rolls.remove(rollId);
      broadcast.send("roll/removed", { rolls: removed, isLimit: false });
      return { removed: true };
    },
    "roll/keep": async ({ rollId, texts, isPinned }) => {
      await rolls.keep(
        rollId,
        texts.map(({ name, text }) => [name, text]),
      );
      if (isPinned !== undefined) await rolls.pin(rollId, isPinned);
      return { kept: true };
    },
    "roll/kept": async ({ rollId }) => {
      const { entries } = await rolls.keptOf(rollId);
      return { texts: entries.map(([name, text]) => ({ name, text })) };
    },
    "roll/controls": async ({ rollId }) => controlsOf(await rolls.get(rollId), rolls.shelf),
    "track/add": async ({ rollId, track }, session) => {
      const answer = await rolls.addTrack(rollId, track);
      const { version, track: added } = answer;
      broadcast.send("track/changed", { rollId, version, added, removed: null }, session);
      return answer;
    },
    "track/remove": async ({ rollId, trackId }, session) => {
      const { version } = await rolls.removeTrack(rollId, trackId);
      broadcast.send("track/changed", { rollId, version, added: null, removed: trackId }, session);
      return { version };
    },
    "roll/edit": async ({ rollId, changes }, session) => {
      const { version, changed } = await rolls.edit(rollId, changes);
      broadcast.send("roll/changed", { rollId, version, changes: changed }, session);
      return { version };
    },
    "roll/scale": async ({ rollId, region }) => {
      const { song } = await rolls.get(rollId);
      const heard = heardSong(song, region.trackId, tracksIn(song.tracks, region));
      return { scale: await scaleOf(heard, region) };
    },
    "roll/chords": async ({ rollId, trackId, text, startTick = 0, endTick = 0 }) => {
      const { song } = await rolls.get(rollId);
      if (text === undefined) {
        return { chords: await chordsOf(heardSong(song, trackId, tracksWith(song.tracks, trackId))) };
      }
      return { chords: await chordsOf(heardSong(song, trackId, []), { text, startTick, endTick }) };
    },
    "roll/export": async ({ rollId }) => {
      const roll = await rolls.get(rollId);
      const { version } = roll;
      const path = await exportFile(roll, rolls.shelf, options.exportFolder);
      rolls.saved(rollId, version);
      return { path };
    },
    "roll/return": async ({ rollId }) => {
      const roll = await rolls.get(rollId);
      const noteCount = asks.give(roll);
      rolls.saved(rollId, roll.version);
      await options.journal?.written();
      return { noteCount };
    },
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

/** Some tracks of a song with the maps of one of them, in the form of a host's song. */
function heardSong(song: Song, trackId: string | undefined, tracks: readonly Song["tracks"][number][]) {
  const { tempoMap, timeSignatures } = mapsOf(song, trackId);
  return {
    ppq: song.ppq,
    tempoMap: [...tempoMap],
    timeSignatures: [...timeSignatures],
    tracks: tracks.map(({ id, name, program, isDrums, notes }) => ({ id, name, program, isDrums, notes })),
  };
}
