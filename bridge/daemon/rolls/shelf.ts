/**
 * Rolls on disk, restored after the daemon was killed. Each has a folder:
 *
 *   roll.json    its title; the file's time is that of the last use
 *   base.mid     the original file, or
 *   song.json    the song that a host sent
 *   edits.log    what was changed, and the version last saved: roll-log.ts
 *   kept.log     texts that pages keep for a reload: kept-log.ts
 *
 * Earlier programs wrote state.json, edits.json and kept.json; they are read where there is no log, and replaced by one
 * with the first change. A folder whose name begins with a dot is one that was not opened to its end, or is being removed.
 */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { type WholeSong, wholeSongSchema } from "../../engine/song-file.ts";
import { syncFolder, writeDurably } from "../storage/durable-files.ts";
import { EMPTY_LOG } from "../storage/lines.ts";
import { type FoundLog, NEW_LOG } from "../storage/logged-state.ts";
import { ifThere, ifThereSync, persistently, reasonOf } from "../storage/system-errors.ts";
import { readKeptLog } from "./kept-log.ts";
import { KeptTexts } from "./kept-texts.ts";
import type { Roll } from "./roll.ts";
import {
  factsSchema,
  fromRow,
  parseEdits,
  ROLL_ID,
  type RollFacts,
  type RollState,
  stateSchema,
} from "./roll-files.ts";
import { readRollLog, stateAtEnd } from "./roll-log.ts";

/** What is known of a roll without reading its song. */
interface Shelved {
  facts: RollFacts;
  /** Milliseconds since 1970. */
  usedAt: number;
  state: RollState;
}

interface Listed {
  shelved: Shelved[];
  /** Why the folder could not be read now; undefined where it was. */
  problem: string | undefined;
  /** Why rolls could not be read now, by their ids. */
  unread: Map<string, string>;
}

/** A log, and in words what of it cannot be had. */
export interface Found {
  found: FoundLog;
  damage: string | undefined;
}

const OPENING = ".opening-";
const REMOVED = ".removed-";
/** Names of files that were not written to their end, or that were read and not deleted. */
const LEFT_OVER = /\.(part|tmp\.mid)$/;
const NEVER_CHANGED: RollState = { version: 0, savedVersion: 0, changedAt: null, isPinned: false };
/** Of a roll whose state cannot be read: it may hold changes. */
const PERHAPS_CHANGED: RollState = { ...NEVER_CHANGED, version: 1 };

export class Shelf {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * What is there, the oldest first; folders that hold no roll are left alone.
   * @param isKnown  of which rolls nothing is asked
   */
  list(isKnown: (rollId: string) => boolean): Listed {
    let problem: string | undefined;
    const unread = new Map<string, string>();
    const shelved: Shelved[] = [];
    let names: string[] = [];
    try {
      names = ifThereSync(() => readdirSync(this.folder)) ?? [];
    } catch (thrown) {
      problem = reasonOf(thrown);
    }
    for (const name of names.filter((one) => ROLL_ID.test(one) && !isKnown(one)).sort()) {
      try {
        const one = this.listOne(name);
        if (one !== undefined) shelved.push(one);
      } catch (thrown) {
        unread.set(name, reasonOf(thrown));
      }
    }
    return { shelved, problem, unread };
  }

  /** Delete what a daemon that was killed did not finish; nothing that was acknowledged is among it. */
  clean(): void {
    for (const name of namesIn(this.folder)) {
      const path = join(this.folder, name);
      if (name.startsWith(OPENING) || name.startsWith(REMOVED)) removeQuietly(path);
      if (!ROLL_ID.test(name)) continue;
      for (const file of namesIn(path)) if (LEFT_OVER.test(file)) removeQuietly(join(path, file));
    }
  }

  /**
   * Put the file as it came into a folder that becomes the roll's by `keep`.
   * @throws BridgeError HOME_NOT_WRITABLE
   */
  stageFile(facts: RollFacts, bytes: Uint8Array): Promise<StagedRoll> {
    return this.stage(facts, "base.mid", bytes);
  }

  /** As `stageFile`. @throws BridgeError HOME_NOT_WRITABLE */
  stageSong(facts: RollFacts, song: WholeSong): Promise<StagedRoll> {
    return this.stage(facts, "song.json", JSON.stringify(song));
  }

  /** The song that a host sent. @throws BridgeError ROLL_DAMAGED, and the system's errors */
  async readSent(rollId: string): Promise<WholeSong> {
    const path = this.path(rollId, "song.json");
    const text = await ifThere(() => readFile(path, "utf8"));
    try {
      if (text !== undefined) return wholeSongSchema.parse(JSON.parse(text));
    } catch {
      // As where it is not there.
    }
    throw new BridgeError(
      "ROLL_DAMAGED",
      `the song cannot be opened: ${path} is ${text === undefined ? "missing" : "damaged"}; restore it from a backup, or send the song again`,
      { data: { rollId, path } },
    );
  }

  /** Put the changes into a roll that is as it came. @throws the system's errors, never ENOENT */
  async readChanges(roll: Roll): Promise<Found> {
    const read = await ifThere(() => readRollLog(this.logPath(roll.id), roll));
    if (read === undefined) return this.readEarlierChanges(roll);
    const { end, damage } = read;
    const isDamaged = damage !== undefined;
    return { found: { end, isStale: isDamaged, isDamaged, replaces: [] }, damage };
  }

  /** What pages keep of a roll. @throws the system's errors, never ENOENT */
  async readKept(rollId: string): Promise<Found & { texts: KeptTexts }> {
    const path = this.keptPath(rollId);
    const read = await ifThere(() => readKeptLog(path));
    if (read === undefined) return this.readEarlierKept(rollId);
    const { texts, end, damagedLines } = read;
    const isDamaged = damagedLines > 0;
    const damage = isDamaged ? `${damagedLines} lines of ${path} are damaged` : undefined;
    return { texts, found: { end, isStale: isDamaged, isDamaged, replaces: [] }, damage };
  }

  /** Whether nothing is there of a roll. @throws the system's errors, never ENOENT */
  async isGone(rollId: string): Promise<boolean> {
    return (await ifThere(() => stat(this.path(rollId)))) === undefined;
  }

  basePath(rollId: string): string {
    return this.path(rollId, "base.mid");
  }

  logPath(rollId: string): string {
    return this.path(rollId, "edits.log");
  }

  keptPath(rollId: string): string {
    return this.path(rollId, "kept.log");
  }

  /** A name for a file that is read and taken away again. */
  temporaryPath(rollId: string, unique: string): string {
    return this.path(rollId, `${unique}.tmp.mid`);
  }

  /** It was looked at: others go before it when there are too many. */
  touch(rollId: string, at: Date): void {
    try {
      utimesSync(this.path(rollId, "roll.json"), at, at);
    } catch {
      // Its age is then that of an earlier use.
    }
  }

  /** Take a roll away; it is gone for good when this returns. @throws BridgeError HOME_NOT_WRITABLE */
  async remove(rollId: string): Promise<void> {
    const gone = join(this.folder, `${REMOVED}${rollId}`);
    try {
      await persistently(() => this.rename(this.path(rollId), gone));
    } catch (cause) {
      throw this.notWritable(cause);
    }
    // The next start deletes what is left of it.
    await rm(gone, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }

  private listOne(name: string): Shelved | undefined {
    const path = this.path(name, "roll.json");
    const text = ifThereSync(() => readFileSync(path, "utf8"));
    const facts = (text === undefined ? undefined : parsedFacts(text)) ?? this.lostFacts(name, text);
    if (facts?.rollId !== name) return undefined;
    const usedAt = statSync(text === undefined ? this.path(name) : path).mtimeMs;
    return { facts, usedAt, state: this.stateOf(name) };
  }

  /** Of a roll whose roll.json is damaged, or gone while its changes are there. */
  private lostFacts(rollId: string, text: string | undefined): RollFacts | undefined {
    const isFile = isThere(this.basePath(rollId));
    if (!isFile && !isThere(this.path(rollId, "song.json"))) return undefined;
    if (text === undefined && !isThere(this.logPath(rollId)) && !isThere(this.path(rollId, "edits.json")))
      return undefined;
    const openedAt = statSync(this.path(rollId)).mtime.toISOString();
    const title = `Recovered song of ${openedAt.slice(0, 10)}`;
    return { rollId, title, openedAt, file: isFile ? `${title}.mid` : null };
  }

  private stateOf(rollId: string): RollState {
    try {
      const state = ifThereSync(() => stateAtEnd(this.logPath(rollId)) ?? PERHAPS_CHANGED);
      return state ?? this.earlierState(rollId);
    } catch {
      return PERHAPS_CHANGED;
    }
  }

  private earlierState(rollId: string): RollState {
    const hasEdits = isThere(this.path(rollId, "edits.json"));
    const unknown = hasEdits ? PERHAPS_CHANGED : NEVER_CHANGED;
    const text = ifThereSync(() => readFileSync(this.path(rollId, "state.json"), "utf8"));
    try {
      return text === undefined ? unknown : stateSchema.parse(JSON.parse(text));
    } catch {
      return unknown;
    }
  }

  private async readEarlierChanges(roll: Roll): Promise<Found> {
    const [path, statePath] = [this.path(roll.id, "edits.json"), this.path(roll.id, "state.json")];
    const text = await ifThere(() => readFile(path, "utf8"));
    const stateText = await ifThere(() => readFile(statePath, "utf8"));
    if (text === undefined && stateText === undefined) return { found: NEW_LOG, damage: undefined };
    const found = { end: EMPTY_LOG, isStale: true, isDamaged: false, replaces: [path, statePath] };
    const state = this.earlierState(roll.id);
    Object.assign(roll, state);
    if (text === undefined) return { found, damage: undefined };
    try {
      const { version, addedTracks = [], tracks } = parseEdits(text);
      roll.version = Math.max(version, state.version);
      for (const track of addedTracks) roll.putTrack(track);
      for (const [trackId, notes] of tracks) {
        const track = roll.song.tracks.find(({ id }) => id === trackId);
        if (track === undefined) continue;
        track.notes = notes.map(fromRow);
        roll.changedTracks.add(trackId);
      }
      return { found, damage: undefined };
    } catch {
      roll.version = state.version + 1;
      // The damaged file stays, for who can mend it.
      return {
        found: { ...found, replaces: [statePath] },
        damage: `${path} is damaged; its changes are lost`,
      };
    }
  }

  private async readEarlierKept(rollId: string): Promise<Found & { texts: KeptTexts }> {
    const path = this.path(rollId, "kept.json");
    const text = await ifThere(() => readFile(path, "utf8"));
    if (text === undefined) return { texts: new KeptTexts(), found: NEW_LOG, damage: undefined };
    const found = { end: EMPTY_LOG, isStale: true, isDamaged: false, replaces: [path] };
    try {
      return { texts: KeptTexts.parse(text), found, damage: undefined };
    } catch {
      return { texts: new KeptTexts(), found: { ...found, replaces: [] }, damage: `${path} is damaged` };
    }
  }

  private async stage(facts: RollFacts, name: string, content: string | Uint8Array): Promise<StagedRoll> {
    const folder = join(this.folder, `${OPENING}${facts.rollId}`);
    const drop = () => rm(folder, { recursive: true, force: true }).catch(() => {});
    const guarded = async (work: () => Promise<void>) => {
      try {
        await persistently(work);
      } catch (cause) {
        await drop();
        throw this.notWritable(cause);
      }
    };
    await guarded(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeDurably(join(folder, name), content);
      await writeDurably(join(folder, "roll.json"), JSON.stringify(facts));
      await syncFolder(folder);
      // That of the first roll made this folder as well.
      await syncFolder(dirname(this.folder));
    });
    const keep = () => guarded(() => this.rename(folder, this.path(facts.rollId)));
    return { path: join(folder, name), keep, drop };
  }

  /** Give a folder of this one another name, for good or not at all. */
  private async rename(from: string, to: string): Promise<void> {
    await rename(from, to);
    try {
      await syncFolder(this.folder);
    } catch (thrown) {
      await rename(to, from);
      throw thrown;
    }
  }

  private notWritable(cause: unknown): BridgeError {
    return new BridgeError(
      "HOME_NOT_WRITABLE",
      `${this.folder} cannot be written (${reasonOf(cause)}); free some space, or set CONTINUO_HOME to a folder of yours`,
      { data: { path: this.folder }, cause },
    );
  }

  private path(rollId: string, ...names: string[]): string {
    return join(this.folder, rollId, ...names);
  }
}

export interface StagedRoll {
  /** Of its song. */
  readonly path: string;
  /** Make it a roll. @throws BridgeError HOME_NOT_WRITABLE */
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/** @throws the system's errors, but ENOENT */
function isThere(path: string): boolean {
  return ifThereSync(() => statSync(path)) !== undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It costs room, and the next start tries again.
  }
}

function parsedFacts(text: string): RollFacts | undefined {
  try {
    return factsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
