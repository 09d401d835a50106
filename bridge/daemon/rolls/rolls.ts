/**
 * All rolls of the daemon: opened, found, changed. If there are too many, closed rolls without changes of their own
 * are removed, the least recently used first.
 */
import { createHash, randomBytes } from "node:crypto";
import { BridgeError } from "../../bridge-error.ts";
import { readSong, withDrums } from "../../engine/song-file.ts";
import { LIMITS } from "../../protocol/limits.ts";
import {
  KEPT_LIMITS,
  type ListedRoll,
  type NewRollTrack,
  type RollChange,
  type RollChanged,
  type RollEntry,
  type RollTrack,
} from "../../protocol/roll.ts";
import type { Song } from "../../protocol/song.ts";
import { Holders } from "./holders.ts";
import { wholeSong } from "./host-song.ts";
import type { KeptTexts, TextChange } from "./kept-texts.ts";
import { entryOf, MOST_NOTES, Roll, tooLarge } from "./roll.ts";
import type { RollFacts, RollState } from "./roll-files.ts";
import type { Shelf } from "./shelf.ts";

/** Beyond these, songs that nobody changed go. */
const MOST_ROLLS = 32;
/** The latest that nobody changed stay, however many others there are. */
const LEAST_UNCHANGED = 8;

/** Where a song came from, if the client that opened it said so. */
interface FileOrigin {
  path?: string | undefined;
  /** Which song of the file, from 1; the first where left out. */
  songNumber?: number | undefined;
}

interface Known {
  readonly facts: RollFacts;
  /** Milliseconds since 1970. */
  usedAt: number;
  /** As it was when it was last in memory. */
  state: RollState;
  reading?: Promise<Roll>;
  loaded?: Roll;
  kept?: Promise<KeptTexts>;
}

export class Rolls {
  readonly shelf: Shelf;
  readonly holders = new Holders();
  /** Those in memory, and those of an earlier daemon that nobody asked for yet; the latest opened last. */
  private readonly known = new Map<string, Known>();
  private readonly onRemove: (removed: readonly RollEntry[]) => void;
  private lastUse = 0;

  /** @param onRemove  hears of those that went because there were too many */
  constructor(shelf: Shelf, onRemove: (removed: readonly RollEntry[]) => void = () => {}) {
    this.shelf = shelf;
    this.onRemove = onRemove;
    for (const { facts, usedAt, state } of shelf.list())
      this.known.set(facts.rollId, { facts, usedAt, state });
  }

  /** @throws BridgeError MIDI_*, ROLL_TOO_LARGE, ROLLS_FULL, BUSY, HOME_NOT_WRITABLE */
  async openFile(title: string, bytes: Uint8Array, origin: FileOrigin = {}): Promise<Roll> {
    this.checkRoom();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const facts = { ...newFacts(title, title), sha256, ...origin };
    await this.shelf.putFile(facts, bytes);
    try {
      const input = this.shelf.basePath(facts.rollId);
      const read = { input, shownAs: title, song: origin.songNumber, mostNotes: MOST_NOTES };
      return this.add(new Roll(facts, await readSong(read)));
    } catch (thrown) {
      this.shelf.remove(facts.rollId);
      throw thrown;
    }
  }

  /** @throws BridgeError ROLL_TOO_LARGE, ROLLS_FULL, BUSY, HOME_NOT_WRITABLE */
  async openSong(title: string, song: Song): Promise<Roll> {
    this.checkRoom();
    const roll = new Roll(newFacts(title, null), wholeSong(await withDrums(song)));
    if (roll.noteCount > MOST_NOTES) throw tooLarge(roll.noteCount);
    await this.shelf.putSong(roll);
    return this.add(roll);
  }

  /** @throws BridgeError ROLL_NOT_FOUND */
  async get(rollId: string): Promise<Roll> {
    const found = this.find(rollId);
    this.use(found);
    if (found.loaded !== undefined) return found.loaded;
    found.reading ??= this.shelf.read(found.facts).then(
      (roll) => {
        found.loaded = roll;
        this.makeRoom(rollId);
        return roll;
      },
      () => {
        // What lies there is damaged, or was taken away.
        this.known.delete(rollId);
        throw notFound(rollId);
      },
    );
    return found.reading;
  }

  /** Change notes. @throws BridgeError as Roll.edit */
  edit(roll: Roll, changes: readonly RollChange[]): RollChanged[] {
    const changed = roll.edit(changes);
    this.changed(roll);
    return changed;
  }

  /** @throws BridgeError as Roll.addTrack */
  addTrack(roll: Roll, track: NewRollTrack): RollTrack {
    const added = roll.addTrack(track);
    this.changed(roll);
    return added;
  }

  /** @throws BridgeError as Roll.removeTrack */
  removeTrack(roll: Roll, trackId: string): void {
    roll.removeTrack(trackId);
    this.changed(roll);
  }

  /** Its notes are in a file, or in a DAW, as they were at a version. */
  saved(roll: Roll, version: number): void {
    if (roll.savedVersion >= version) return;
    roll.savedVersion = version;
    this.shelf.later(roll);
  }

  /** What pages keep of a song. @throws BridgeError ROLL_NOT_FOUND */
  async keptOf(rollId: string): Promise<KeptTexts> {
    const found = this.find(rollId);
    found.kept ??= this.shelf.readKept(rollId);
    return found.kept;
  }

  /** @throws BridgeError ROLL_NOT_FOUND, ROLL_KEEP_FULL */
  async keep(rollId: string, changes: readonly TextChange[]): Promise<void> {
    const kept = await this.keptOf(rollId);
    kept.change(changes);
    this.use(this.find(rollId));
    this.shelf.keepLater(rollId, kept);
  }

  /** Whether it stays, also unchanged, however many others are opened. */
  pin(roll: Roll, isPinned: boolean): void {
    if (roll.isPinned === isPinned) return;
    roll.isPinned = isPinned;
    this.shelf.later(roll);
  }

  /** Take a song away, with all that was done to it. @throws BridgeError ROLL_NOT_FOUND, ROLL_IN_USE */
  remove(rollId: string): void {
    const found = this.find(rollId);
    if (found.loaded?.host != null) {
      throw new BridgeError(
        "ROLL_IN_USE",
        `${found.loaded.host.name} is waiting for notes of this song; send them or decline first`,
        { data: { rollId } },
      );
    }
    this.forget(rollId);
  }

  /** A song with changes that was opened from the same file as one that has none: the musician may mean that one. */
  earlierOf({ id, facts, version }: Roll): RollEntry | null {
    if (version > 0 || facts.file === null) return null;
    const others = [...this.known.values()].filter(
      (other) => other.facts.rollId !== id && stateOf(other).version > 0 && isSameFile(other.facts, facts),
    );
    const latest = others.reduce<Known | undefined>(
      (best, one) => (best === undefined || one.usedAt >= best.usedAt ? one : best),
      undefined,
    );
    return latest === undefined ? null : entryOfKnown(latest);
  }

  /** The latest first. */
  get entries(): ListedRoll[] {
    return [...this.known.values()].reverse().map((known) => {
      const { version, savedVersion } = stateOf(known);
      return { ...entryOfKnown(known), isSaved: version <= savedVersion };
    });
  }

  private find(rollId: string): Known {
    const found = this.known.get(rollId);
    if (found === undefined) throw notFound(rollId);
    return found;
  }

  private changed(roll: Roll): void {
    const found = this.known.get(roll.id);
    if (found === undefined) return;
    this.use(found);
    this.shelf.later(roll);
  }

  /** Two uses have two times, so that it is known which was later. */
  private use(known: Known): void {
    this.lastUse = Math.max(this.lastUse + 1, Date.now());
    known.usedAt = this.lastUse;
    this.shelf.touch(known.facts.rollId, new Date(this.lastUse));
  }

  private add(roll: Roll): Roll {
    const known: Known = { facts: roll.facts, usedAt: 0, state: roll.state, loaded: roll };
    this.known.set(roll.id, known);
    this.use(known);
    this.forgetOldest();
    this.makeRoom(roll.id);
    return roll;
  }

  private checkRoom(): void {
    if (this.known.size < KEPT_LIMITS.rolls) return;
    throw new BridgeError(
      "ROLLS_FULL",
      `${this.known.size} songs are kept, which is the limit; remove some from the list of songs first`,
      { data: { limit: KEPT_LIMITS.rolls } },
    );
  }

  private forgetOldest(): void {
    const missed = [...this.known.values()].filter((one) => this.isMissed(one)).length;
    const most = Math.max(LEAST_UNCHANGED, MOST_ROLLS - missed);
    const others = [...this.known.values()].filter((one) => !this.isMissed(one));
    const going = others.sort((a, b) => b.usedAt - a.usedAt).slice(most);
    for (const { facts } of going) this.forget(facts.rollId);
    if (going.length > 0) this.onRemove(going.map(entryOfKnown));
  }

  /** Whether somebody is at work on it, or would lose what was done. */
  private isMissed(known: Known): boolean {
    const { version, savedVersion, isPinned } = stateOf(known);
    const isOpen = known.loaded?.host != null || this.holders.isHeld(known.facts.rollId);
    return isOpen || isPinned || version > savedVersion;
  }

  private forget(rollId: string): void {
    this.known.delete(rollId);
    this.shelf.remove(rollId);
  }

  /** Leave songs on the disk alone while there are more notes in memory than one message may have. */
  private makeRoom(current: string): void {
    const all = [...this.known.values()];
    let notes = all.reduce((sum, { loaded }) => sum + (loaded?.noteCount ?? 0), 0);
    for (const known of all) {
      if (notes <= LIMITS.notes) return;
      const { loaded } = known;
      if (loaded === undefined || loaded.id === current) continue;
      if (loaded.host !== null || this.shelf.isWaiting(loaded.id)) continue;
      const { facts, usedAt } = known;
      this.known.set(loaded.id, { facts, usedAt, state: loaded.state });
      notes -= loaded.noteCount;
    }
  }
}

function stateOf({ loaded, state }: Known): RollState {
  return loaded?.state ?? state;
}

function entryOfKnown(known: Known): RollEntry {
  return entryOf(known.facts, stateOf(known), known.loaded?.host ?? null);
}

/** One song of a file, by where the files lie, where both are known to lie somewhere; else by their names, or what is in them. */
function isSameFile(a: RollFacts, b: RollFacts): boolean {
  if (a.file === null || b.file === null) return false;
  if ((a.songNumber ?? 1) !== (b.songNumber ?? 1)) return false;
  if (a.sha256 !== undefined && a.sha256 === b.sha256) return true;
  if (a.path !== undefined && b.path !== undefined) return a.path === b.path;
  return a.file.toLowerCase() === b.file.toLowerCase();
}

function newFacts(title: string, file: string | null): RollFacts {
  // The time leads, so that names sort by age and none comes twice.
  const rollId = `${Date.now().toString(36)}-${randomBytes(5).toString("hex")}`;
  return { rollId, title, openedAt: new Date().toISOString(), file };
}

function notFound(rollId: string): BridgeError {
  return new BridgeError(
    "ROLL_NOT_FOUND",
    `song ${rollId} not found: it was removed, or never opened; open it again`,
    { data: { rollId } },
  );
}
