/**
 * All rolls of the daemon: opened, found, changed. What is seen of a roll is on the disk. If there are too many, closed
 * rolls that were never changed are removed, the least recently used first.
 */
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
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
import { type FoundLog, LoggedState, NEW_LOG } from "../storage/logged-state.ts";
import { reasonOf } from "../storage/system-errors.ts";
import { WriteProblems } from "../storage/write-problems.ts";
import { Holders } from "./holders.ts";
import { wholeSong } from "./host-song.ts";
import { keptForm, lineOfTexts } from "./kept-log.ts";
import type { KeptTexts, TextChange } from "./kept-texts.ts";
import { entryOf, MOST_NOTES, Roll, tooLarge } from "./roll.ts";
import type { RollFacts, RollState } from "./roll-files.ts";
import { lineOfSteps, rollForm, stepsOfEdit } from "./roll-log.ts";
import type { Shelf } from "./shelf.ts";

/** Beyond these, songs that nobody changed go. */
const MOST_ROLLS = 32;
/** Reading does not wait for a failing disk. */
const KEPT_PATIENCE_MS = 1_000;
/** The latest that nobody changed stay, however many others there are. */
const LEAST_UNCHANGED = 8;

/** Where a song came from, if the client that opened it said so. */
interface FileOrigin {
  path?: string | undefined;
  /** Which song of the file, from 1; the first where left out. */
  songNumber?: number | undefined;
}

/** A roll in memory. */
interface Loaded {
  roll: Roll;
  /** Undefined while its changes cannot be read, so that none is written over them. */
  log: LoggedState<Roll> | undefined;
}

interface Known {
  readonly facts: RollFacts;
  /** Milliseconds since 1970. */
  usedAt: number;
  /** As it was when it was last in memory. */
  state: RollState;
  reading?: Promise<Loaded>;
  loaded?: Loaded;
  kept?: Promise<LoggedState<KeptTexts>>;
  /** The same, once it is read. */
  keptNow?: LoggedState<KeptTexts>;
}

export interface RollsOptions {
  /** Hears of those that went because there were too many. */
  onRemove?: (removed: readonly RollEntry[]) => void;
  /** Hears of damage, and of what cannot be read. */
  onDamage?: (what: string) => void;
  problems?: WriteProblems;
}

export class Rolls {
  readonly shelf: Shelf;
  readonly holders = new Holders();
  /** Those in memory, and those of an earlier daemon that nobody asked for yet; the latest opened last. */
  private readonly known = new Map<string, Known>();
  private readonly options: RollsOptions;
  private readonly problems: WriteProblems;
  private lastUse = 0;
  /** Why the songs of the folder may not be known. */
  private unlisted: string | undefined;
  /** Why single songs of it are not. */
  private unread: ReadonlyMap<string, string> = new Map();
  private readonly removed = new Set<string>();
  /** Those that are being removed because there were too many. */
  private readonly leaving = new Set<Promise<void>>();

  constructor(shelf: Shelf, options: RollsOptions = {}) {
    [this.shelf, this.options] = [shelf, options];
    this.problems = options.problems ?? new WriteProblems();
    shelf.clean();
    this.list();
  }

  /** @throws BridgeError MIDI_*, ROLL_TOO_LARGE, ROLLS_FULL, BUSY, HOME_NOT_WRITABLE */
  async openFile(title: string, bytes: Uint8Array, origin: FileOrigin = {}): Promise<Roll> {
    this.checkRoom();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const facts = { ...newFacts(title, title), sha256, ...origin };
    const staged = await this.shelf.stageFile(facts, bytes);
    try {
      const read = { input: staged.path, shownAs: title, song: origin.songNumber, mostNotes: MOST_NOTES };
      const roll = new Roll(facts, await readSong(read));
      await staged.keep();
      return this.add(roll);
    } catch (thrown) {
      await staged.drop();
      throw thrown;
    }
  }

  /** @throws BridgeError ROLL_TOO_LARGE, ROLLS_FULL, BUSY, HOME_NOT_WRITABLE */
  async openSong(title: string, song: Song): Promise<Roll> {
    this.checkRoom();
    const roll = new Roll(newFacts(title, null), wholeSong(await withDrums(song)));
    if (roll.noteCount > MOST_NOTES) throw tooLarge(roll.noteCount);
    const staged = await this.shelf.stageSong(roll.facts, roll.song);
    await staged.keep();
    return this.add(roll);
  }

  /** @throws BridgeError ROLL_NOT_FOUND, ROLL_DAMAGED, ROLL_UNREADABLE, MIDI_*, INPUT_* */
  async get(rollId: string): Promise<Roll> {
    return (await this.load(rollId)).roll;
  }

  /**
   * Change notes. @returns what really changed, once it is on the disk
   * @throws BridgeError as Roll.edit, CHANGE_NOT_WRITTEN, ROLL_UNREADABLE
   */
  edit(rollId: string, changes: readonly RollChange[]): Promise<{ version: number; changed: RollChanged[] }> {
    return this.change(rollId, (draft) => {
      const changed = draft.edit(changes);
      return {
        answer: { version: draft.version, changed },
        line: lineOfSteps(draft, stepsOfEdit(changed)),
      };
    });
  }

  /** @throws BridgeError as Roll.addTrack, CHANGE_NOT_WRITTEN, ROLL_UNREADABLE */
  addTrack(rollId: string, track: NewRollTrack): Promise<{ version: number; track: RollTrack }> {
    return this.change(rollId, (draft) => {
      const before = draft.version;
      const added = draft.addTrack(track);
      const [version, whole] = [draft.version, draft.addedTracks.find(({ id }) => id === added.id)];
      const isNew = version !== before && whole !== undefined;
      return {
        answer: { version, track: added },
        line: isNew ? lineOfSteps(draft, [{ add: whole }]) : undefined,
      };
    });
  }

  /** @throws BridgeError as Roll.removeTrack, CHANGE_NOT_WRITTEN, ROLL_UNREADABLE */
  removeTrack(rollId: string, trackId: string): Promise<{ version: number }> {
    return this.change(rollId, (draft) => {
      draft.removeTrack(trackId);
      return { answer: { version: draft.version }, line: lineOfSteps(draft, [{ remove: trackId }]) };
    });
  }

  /** Its notes are in a file, or in a DAW, as they were at a version. */
  saved(rollId: string, version: number): void {
    const written = this.change(rollId, (draft) => {
      const isNews = draft.savedVersion < version;
      if (isNews) draft.savedVersion = version;
      return { answer: undefined, line: isNews ? lineOfSteps(draft, []) : undefined };
    });
    // The file is written, whatever is known of it; the problem is shown by the log.
    written.catch(() => {});
  }

  /** Whether it stays, also unchanged, however many others are opened. @throws as `edit` */
  pin(rollId: string, isPinned: boolean): Promise<void> {
    return this.change(rollId, (draft) => {
      const isNews = draft.isPinned !== isPinned;
      draft.isPinned = isPinned;
      return { answer: undefined, line: isNews ? lineOfSteps(draft, []) : undefined };
    });
  }

  /** What pages keep of a song. @throws BridgeError ROLL_NOT_FOUND, ROLL_UNREADABLE */
  async keptOf(rollId: string): Promise<KeptTexts> {
    const kept = await this.loadKept(rollId);
    // A page that is loaded again finds what it sent as it went, though that is still on its way to the disk.
    const sent = kept.change(() => ({ answer: undefined, line: undefined }));
    await Promise.race([sent.catch(() => {}), sleep(KEPT_PATIENCE_MS, undefined, { ref: false })]);
    return kept.state;
  }

  /** @throws BridgeError ROLL_NOT_FOUND, ROLL_UNREADABLE, ROLL_KEEP_FULL, CHANGE_NOT_WRITTEN */
  async keep(rollId: string, changes: readonly TextChange[]): Promise<void> {
    const kept = await this.loadKept(rollId);
    this.use(this.find(rollId));
    await kept.change((draft) => {
      draft.change(changes);
      return { answer: undefined, line: changes.length === 0 ? undefined : lineOfTexts(changes) };
    });
  }

  /** Take a song away, with all that was done to it. @throws BridgeError ROLL_NOT_FOUND, ROLL_IN_USE, HOME_NOT_WRITABLE */
  async remove(rollId: string): Promise<void> {
    const found = this.find(rollId);
    const host = found.loaded?.roll.host;
    if (host != null) {
      throw new BridgeError(
        "ROLL_IN_USE",
        `${host.name} is waiting for notes of this song; send them or decline first`,
        { data: { rollId } },
      );
    }
    try {
      await this.forget(found);
    } catch (thrown) {
      const { facts, usedAt, state } = found;
      this.known.set(rollId, { facts, usedAt, state: found.loaded?.roll.state ?? state });
      this.removed.delete(rollId);
      throw thrown;
    }
  }

  /** Resolves when every change is on the disk, or refused. */
  async close(): Promise<void> {
    const all = [...this.known.values()].flatMap(({ loaded, keptNow }) => [loaded?.log, keptNow]);
    await Promise.all([...all.map((log) => log?.close()), ...this.leaving]);
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
    if (this.isIncomplete) this.list();
    return [...this.known.values()].reverse().map((known) => {
      const { version, savedVersion } = stateOf(known);
      return { ...entryOfKnown(known), isSaved: version <= savedVersion };
    });
  }

  private find(rollId: string): Known {
    if (!this.known.has(rollId) && this.isIncomplete) this.list();
    const found = this.known.get(rollId);
    if (found !== undefined) return found;
    const reason = this.unlisted ?? this.unread.get(rollId);
    throw reason === undefined ? notFound(rollId) : unreadable(rollId, reason);
  }

  private get isIncomplete(): boolean {
    return this.unlisted !== undefined || this.unread.size > 0;
  }

  /** Learn what lies in the folder; once more while some of it could not be read. */
  private list(): void {
    const isKnown = (rollId: string) => this.known.has(rollId) || this.removed.has(rollId);
    const { shelved, problem, unread } = this.shelf.list(isKnown);
    for (const { facts, usedAt, state } of shelved) this.known.set(facts.rollId, { facts, usedAt, state });
    if (problem !== undefined && problem !== this.unlisted) this.options.onDamage?.(problem);
    for (const [rollId, reason] of unread) {
      if (this.unread.get(rollId) !== reason) this.options.onDamage?.(`${rollId}: ${reason}`);
    }
    [this.unlisted, this.unread] = [problem, unread];
  }

  private async load(rollId: string): Promise<Loaded> {
    const found = this.find(rollId);
    this.use(found);
    if (found.loaded !== undefined) return found.loaded;
    found.reading ??= this.read(found).finally(() => {
      delete found.reading;
    });
    return found.reading;
  }

  private async read(found: Known): Promise<Loaded> {
    const { facts } = found;
    let roll: Roll;
    try {
      roll = new Roll(facts, await this.readOriginal(facts));
    } catch (thrown) {
      throw await this.unopened(found, thrown);
    }
    let changes: { found: FoundLog; damage: string | undefined };
    try {
      changes = await this.shelf.readChanges(roll);
    } catch (thrown) {
      // The song as it came can be had; changes wait until those that are there can be read.
      const original = new Roll(facts, await this.readOriginal(facts));
      Object.assign(original, found.state);
      const problem = `the changes of this song cannot be read now (${reasonOf(thrown)}); what is shown is the song as it came, and it cannot be changed until they can`;
      original.song.warnings.push({ code: "ROLL_UNREADABLE", message: problem });
      this.options.onDamage?.(`${facts.rollId}: ${problem}`);
      return { roll: original, log: undefined };
    }
    if (changes.damage !== undefined) {
      const message = `${changes.damage}; everything else is there, and the damaged file is kept beside it`;
      roll.song.warnings.push({ code: "ROLL_DAMAGED", message });
      this.options.onDamage?.(`${facts.rollId}: ${message}`);
    }
    const loaded = { roll, log: this.logOf(roll, changes.found) };
    if (this.known.get(facts.rollId) === found) found.loaded = loaded;
    this.makeRoom(facts.rollId);
    return loaded;
  }

  private readOriginal({ rollId, file, songNumber }: RollFacts): ReturnType<typeof readSong> {
    if (file === null) return this.shelf.readSent(rollId);
    const input = this.shelf.basePath(rollId);
    return readSong({ input, song: songNumber, mostNotes: MOST_NOTES, shownAs: file });
  }

  /** Why a song cannot be opened: its folder was taken away, or the original is damaged. */
  private async unopened({ facts: { rollId } }: Known, thrown: unknown): Promise<unknown> {
    try {
      if (await this.shelf.isGone(rollId)) {
        this.known.delete(rollId);
        return notFound(rollId);
      }
    } catch {
      // What was thrown says more.
    }
    return thrown instanceof BridgeError ? thrown : unreadable(rollId, reasonOf(thrown));
  }

  private async loadKept(rollId: string): Promise<LoggedState<KeptTexts>> {
    const found = this.find(rollId);
    found.kept ??= this.readKept(found).catch((thrown) => {
      delete found.kept;
      throw unreadable(rollId, reasonOf(thrown));
    });
    return found.kept;
  }

  private async readKept(found: Known): Promise<LoggedState<KeptTexts>> {
    const { rollId } = found.facts;
    const { texts, found: log, damage } = await this.shelf.readKept(rollId);
    if (damage !== undefined) this.options.onDamage?.(`${rollId}: ${damage}`);
    const file = { path: this.shelf.keptPath(rollId), name: `rolls/${rollId}/kept.log`, found: log };
    found.keptNow = new LoggedState(texts, file, keptForm, this.problems);
    return found.keptNow;
  }

  private logOf(roll: Roll, found: FoundLog): LoggedState<Roll> {
    const file = { path: this.shelf.logPath(roll.id), name: `rolls/${roll.id}/edits.log`, found };
    return new LoggedState(roll, file, rollForm, this.problems);
  }

  private async change<Answer>(
    rollId: string,
    make: (draft: Roll) => { answer: Answer; line: string | undefined },
  ): Promise<Answer> {
    const { log, roll } = await this.load(rollId);
    if (log === undefined) throw unreadable(rollId, roll.song.warnings.at(-1)?.message ?? "");
    return log.change(make);
  }

  /** Two uses have two times, so that it is known which was later. */
  private use(known: Known): void {
    this.lastUse = Math.max(this.lastUse + 1, Date.now());
    known.usedAt = this.lastUse;
    this.shelf.touch(known.facts.rollId, new Date(this.lastUse));
  }

  private add(roll: Roll): Roll {
    const loaded = { roll, log: this.logOf(roll, NEW_LOG) };
    const known: Known = { facts: roll.facts, usedAt: 0, state: roll.state, loaded };
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
    // What cannot be removed is there again at the next start.
    for (const known of going) {
      const leaving = this.forget(known)
        .catch(() => {})
        .finally(() => this.leaving.delete(leaving));
      this.leaving.add(leaving);
    }
    if (going.length > 0) this.options.onRemove?.(going.map(entryOfKnown));
  }

  /** Whether somebody is at work on it, or ever was. */
  private isMissed(known: Known): boolean {
    const { version, isPinned } = stateOf(known);
    const { loaded, reading, keptNow } = known;
    const isOpen = loaded?.roll.host != null || this.holders.isHeld(known.facts.rollId);
    const isBusy = reading !== undefined || loaded?.log?.isBusy === true || keptNow?.isBusy === true;
    return isOpen || isBusy || isPinned || version > 0;
  }

  private async forget(known: Known): Promise<void> {
    const { rollId } = known.facts;
    this.known.delete(rollId);
    this.removed.add(rollId);
    const gone = () => notFound(rollId);
    await Promise.all([known.loaded?.log?.end(gone), known.keptNow?.end(gone)]);
    await this.shelf.remove(rollId);
  }

  /** Leave songs on the disk alone while there are more notes in memory than one message may have. */
  private makeRoom(current: string): void {
    const all = [...this.known.values()];
    let notes = all.reduce((sum, { loaded }) => sum + (loaded?.roll.noteCount ?? 0), 0);
    for (const known of all) {
      if (notes <= LIMITS.notes) return;
      const { loaded } = known;
      if (loaded === undefined || loaded.roll.id === current) continue;
      if (loaded.roll.host !== null || loaded.log?.isBusy === true) continue;
      known.state = loaded.roll.state;
      delete known.loaded;
      notes -= loaded.roll.noteCount;
    }
  }
}

function stateOf({ loaded, state }: Known): RollState {
  return loaded?.roll.state ?? state;
}

function entryOfKnown(known: Known): RollEntry {
  return entryOf(known.facts, stateOf(known), known.loaded?.roll.host ?? null);
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

function unreadable(rollId: string, reason: string): BridgeError {
  return new BridgeError(
    "ROLL_UNREADABLE",
    `what was done to song ${rollId} cannot be read now, and is left as it is: ${reason}; try again, or fix the permissions of its folder`,
    { data: { rollId, reason }, retryable: true },
  );
}
