/**
 * All rolls of the daemon: opened, found, changed; the oldest go where there are too many.
 */
import { randomBytes } from "node:crypto";
import { BridgeError } from "../../bridge-error.ts";
import { readSong, withDrums } from "../../engine/song-file.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { RollChange, RollChanged, RollEntry } from "../../protocol/roll.ts";
import type { Song } from "../../protocol/song.ts";
import { wholeSong } from "./host-song.ts";
import { MOST_NOTES, Roll, type RollFacts, tooLarge } from "./roll.ts";
import type { Shelf } from "./shelf.ts";

const MOST_ROLLS = 32;

export class Rolls {
  readonly shelf: Shelf;
  /** Those in memory, and those of an earlier daemon that nobody asked for yet; the latest last. */
  private readonly known = new Map<string, { facts: RollFacts; roll?: Promise<Roll>; loaded?: Roll }>();

  constructor(shelf: Shelf) {
    this.shelf = shelf;
    for (const facts of shelf.list()) this.known.set(facts.rollId, { facts });
    this.forgetOldest();
  }

  /** @throws BridgeError MIDI_*, ROLL_TOO_LARGE, BUSY, HOME_NOT_WRITABLE */
  async openFile(title: string, bytes: Uint8Array, song?: number): Promise<Roll> {
    const facts = { ...newFacts(title, title), songNumber: song };
    await this.shelf.putFile(facts, bytes);
    try {
      const input = this.shelf.basePath(facts.rollId);
      const read = { input, shownAs: title, song, mostNotes: MOST_NOTES };
      return this.add(new Roll(facts, await readSong(read)));
    } catch (thrown) {
      this.shelf.remove(facts.rollId);
      throw thrown;
    }
  }

  /** @throws BridgeError ROLL_TOO_LARGE, BUSY, HOME_NOT_WRITABLE */
  async openSong(title: string, song: Song): Promise<Roll> {
    const roll = new Roll(newFacts(title, null), wholeSong(await withDrums(song)));
    if (roll.noteCount > MOST_NOTES) throw tooLarge(roll.noteCount);
    await this.shelf.putSong(roll);
    return this.add(roll);
  }

  /** @throws BridgeError ROLL_NOT_FOUND */
  async get(rollId: string): Promise<Roll> {
    const found = this.known.get(rollId);
    if (found === undefined) throw notFound(rollId);
    if (found.loaded !== undefined) return found.loaded;
    found.roll ??= this.shelf.read(found.facts).then(
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
    return found.roll;
  }

  /** Change notes. @throws BridgeError as Roll.edit */
  edit(roll: Roll, changes: readonly RollChange[]): RollChanged[] {
    const changed = roll.edit(changes);
    this.shelf.later(roll);
    return changed;
  }

  /** The latest first. */
  get entries(): RollEntry[] {
    const all = [...this.known.values()].reverse();
    return all.map(({ facts, loaded }) => loaded?.entry ?? { ...facts, version: 0, host: null });
  }

  private add(roll: Roll): Roll {
    this.known.set(roll.id, { facts: roll.facts, loaded: roll });
    this.forgetOldest();
    this.makeRoom(roll.id);
    return roll;
  }

  private forgetOldest(): void {
    for (const [rollId, { loaded }] of this.known) {
      if (this.known.size <= MOST_ROLLS) return;
      // Somebody is at work on it.
      if (loaded?.host != null) continue;
      this.known.delete(rollId);
      this.shelf.remove(rollId);
    }
  }

  /** Leave songs on the disk alone while there are more notes in memory than one message may have. */
  private makeRoom(current: string): void {
    const loaded = [...this.known.values()].flatMap((one) => (one.loaded === undefined ? [] : [one.loaded]));
    let notes = loaded.reduce((sum, { noteCount }) => sum + noteCount, 0);
    for (const roll of loaded) {
      if (notes <= LIMITS.notes) return;
      if (roll.id === current || roll.host !== null || this.shelf.isWaiting(roll.id)) continue;
      this.known.set(roll.id, { facts: roll.facts });
      notes -= roll.noteCount;
    }
  }
}

function newFacts(title: string, file: string | null): RollFacts {
  // The time leads, so that names sort by age and none comes twice.
  const rollId = `${Date.now().toString(36)}-${randomBytes(5).toString("hex")}`;
  return { rollId, title, openedAt: new Date().toISOString(), file };
}

function notFound(rollId: string): BridgeError {
  return new BridgeError(
    "ROLL_NOT_FOUND",
    `there is no open song ${rollId}; the last ${MOST_ROLLS} are kept, open it again`,
    { data: { rollId } },
  );
}
