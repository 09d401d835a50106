/**
 * Rolls on disk, restored after the daemon was killed. Each has a folder:
 *
 *   roll.json    its title; the file's time is that of the last use
 *   base.mid     the original file, or
 *   song.json    the song that a host sent
 *   state.json   its version, and the version last saved
 *   edits.json   all notes of the changed tracks, written shortly after a change
 *   kept.json    texts that pages keep for a reload
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { readSong, wholeSongSchema } from "../../engine/song-file.ts";
import { DelayedWrites, replaceFile } from "./delayed-writes.ts";
import { KeptTexts } from "./kept-texts.ts";
import { MOST_NOTES, Roll } from "./roll.ts";
import {
  type Edits,
  editsSchema,
  factsSchema,
  fromRow,
  ROLL_ID,
  type RollFacts,
  type RollState,
  stateSchema,
  toRow,
} from "./roll-files.ts";

/** What is known of a roll without reading its song. */
interface Shelved {
  facts: RollFacts;
  /** Milliseconds since 1970. */
  usedAt: number;
  state: RollState;
}

/** Files of a roll that change. */
const CHANGING = ["edits.json", "kept.json"] as const;

export class Shelf {
  private readonly folder: string;
  private readonly writes: DelayedWrites;

  /** @param onProblem  hears of changes that could not be written */
  constructor(folder: string, onProblem: (reason: string) => void) {
    this.folder = folder;
    this.writes = new DelayedWrites(onProblem);
  }

  /** What is there, the oldest first; folders that hold no roll are left alone. */
  list(): Shelved[] {
    let names: string[] = [];
    try {
      names = readdirSync(this.folder).filter((name) => ROLL_ID.test(name));
    } catch {
      // None was ever opened.
    }
    return names.sort().flatMap((name) => {
      try {
        const path = this.path(name, "roll.json");
        const facts = factsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
        if (facts.rollId !== name) return [];
        return [{ facts, usedAt: statSync(path).mtimeMs, state: this.stateOf(name) }];
      } catch {
        return [];
      }
    });
  }

  /** The file as it came; nothing of a roll is there before this or `putSong`. @throws BridgeError HOME_NOT_WRITABLE */
  async putFile(facts: RollFacts, bytes: Uint8Array): Promise<void> {
    await this.put(facts, "base.mid", bytes);
  }

  /** @throws BridgeError HOME_NOT_WRITABLE */
  async putSong({ facts, song }: Roll): Promise<void> {
    await this.put(facts, "song.json", JSON.stringify(song));
  }

  /** @throws BridgeError INPUT_*, MIDI_*, ROLL_TOO_LARGE; anything where what lies there is damaged */
  async read(facts: RollFacts): Promise<Roll> {
    const { rollId, file } = facts;
    const read = { input: this.basePath(rollId), song: facts.songNumber, mostNotes: MOST_NOTES };
    const song =
      file === null
        ? wholeSongSchema.parse(JSON.parse(await readFile(this.path(rollId, "song.json"), "utf8")))
        : await readSong({ ...read, shownAs: file });
    const roll = new Roll(facts, song);
    const edits = await this.edits(rollId);
    if (edits === undefined) return roll;
    Object.assign(roll, { ...this.stateOf(rollId), version: edits.version });
    for (const track of edits.addedTracks ?? []) roll.putTrack(track);
    for (const [trackId, notes] of Object.entries(edits.tracks)) {
      roll.track(trackId).notes = notes.map(fromRow);
      roll.changedTracks.add(trackId);
    }
    return roll;
  }

  /** What pages keep of it; empty where there is nothing. */
  async readKept(rollId: string): Promise<KeptTexts> {
    try {
      return KeptTexts.parse(await readFile(this.path(rollId, "kept.json"), "utf8"));
    } catch {
      return new KeptTexts();
    }
  }

  basePath(rollId: string): string {
    return this.path(rollId, "base.mid");
  }

  /** A name for a file that is read and taken away again. */
  temporaryPath(rollId: string, unique: string): string {
    return this.path(rollId, `${unique}.tmp.mid`);
  }

  /** Keep the changes, soon. */
  later(roll: Roll): void {
    const path = this.path(roll.id, "edits.json");
    // The state first: a roll that was killed in between has changes, whatever else is known of it.
    this.writes.later(path, () => [
      { path: this.path(roll.id, "state.json"), text: JSON.stringify(roll.state) },
      { path, text: JSON.stringify(editsOf(roll)) },
    ]);
  }

  keepLater(rollId: string, texts: KeptTexts): void {
    const path = this.path(rollId, "kept.json");
    this.writes.later(path, () => [{ path, text: JSON.stringify(texts) }]);
  }

  /** It was looked at: others go before it when there are too many. */
  touch(rollId: string, at: Date): void {
    try {
      utimesSync(this.path(rollId, "roll.json"), at, at);
    } catch {
      // Its age is then that of an earlier use.
    }
  }

  isWaiting(rollId: string): boolean {
    return CHANGING.some((name) => this.writes.isWaiting(this.path(rollId, name)));
  }

  remove(rollId: string): void {
    const written = CHANGING.map((name) => this.writes.cancel(this.path(rollId, name)));
    const removed = () => rmSync(this.path(rollId), { recursive: true, force: true, maxRetries: 3 });
    void Promise.all(written)
      .then(removed)
      .catch(() => {});
  }

  /** Write what waits. */
  close(): Promise<void> {
    return this.writes.close();
  }

  private stateOf(rollId: string): RollState {
    try {
      return stateSchema.parse(JSON.parse(readFileSync(this.path(rollId, "state.json"), "utf8")));
    } catch {
      // Never changed; or by a daemon that wrote none, or damaged: then it may hold changes.
      const hasEdits = existsSync(this.path(rollId, "edits.json"));
      return { version: hasEdits ? 1 : 0, savedVersion: 0, changedAt: null, isPinned: false };
    }
  }

  private async edits(rollId: string): Promise<Edits | undefined> {
    let text: string;
    try {
      text = await readFile(this.path(rollId, "edits.json"), "utf8");
    } catch {
      return undefined;
    }
    return editsSchema.parse(JSON.parse(text));
  }

  private async put(facts: RollFacts, name: string, content: string | Uint8Array): Promise<void> {
    try {
      mkdirSync(this.path(facts.rollId), { recursive: true, mode: 0o700 });
      await replaceFile(this.path(facts.rollId, name), content);
      await replaceFile(this.path(facts.rollId, "roll.json"), JSON.stringify(facts));
    } catch (cause) {
      this.remove(facts.rollId);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BridgeError(
        "HOME_NOT_WRITABLE",
        `${this.folder} cannot be written (${reason}); free some space, or set CONTINUO_HOME to a folder of yours`,
        { data: { path: this.folder }, cause },
      );
    }
  }

  private path(rollId: string, ...names: string[]): string {
    return join(this.folder, rollId, ...names);
  }
}

function editsOf(roll: Roll): Edits {
  const { version, addedTracks } = roll;
  const tracks = [...roll.changedTracks].map((trackId) => [trackId, roll.track(trackId).notes.map(toRow)]);
  return {
    version,
    ...(addedTracks.length === 0 ? {} : { addedTracks }),
    tracks: Object.fromEntries(tracks),
  };
}
