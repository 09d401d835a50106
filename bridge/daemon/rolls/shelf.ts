/**
 * Rolls on the disk: a folder each, with what came and what was changed, so that a daemon that was killed has them
 * again.
 *
 *   roll.json    what it is called
 *   base.mid     the file as it came, or
 *   song.json    the song that was sent
 *   edits.json   all notes of the tracks that were changed, written a moment after a change
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../../bridge-error.ts";
import { readSong, wholeSongSchema } from "../../engine/song-file.ts";
import type { Note } from "../../protocol/song.ts";
import { MOST_NOTES, Roll, type RollFacts } from "./roll.ts";

/** A musician who drags a note makes many changes. */
const WRITE_MS = 200;
const ROLL_ID = /^[a-z0-9-]{1,64}$/;

const factsSchema = z.strictObject({
  rollId: z.string().regex(ROLL_ID),
  title: z.string(),
  openedAt: z.string(),
  file: z.string().nullable(),
  songNumber: z.int().min(1).optional(),
});
const [tick, byte] = [z.int().min(0), z.int().min(0).max(127)];
const editsSchema = z.strictObject({
  version: z.int().min(0),
  tracks: z.record(z.string(), z.array(z.tuple([tick, z.int().min(1), byte, byte, byte]))),
});
type Edits = z.infer<typeof editsSchema>;

export class Shelf {
  private readonly folder: string;
  private readonly onProblem: (reason: string) => void;
  private readonly waiting = new Map<string, { roll: Roll; timer: NodeJS.Timeout }>();
  /** The last write of each roll, so that none overtakes another. */
  private readonly writing = new Map<string, Promise<void>>();

  /** @param onProblem  hears of changes that could not be written */
  constructor(folder: string, onProblem: (reason: string) => void) {
    [this.folder, this.onProblem] = [folder, onProblem];
  }

  /** What is there, the oldest first; folders that hold no roll are left alone. */
  list(): RollFacts[] {
    let names: string[] = [];
    try {
      names = readdirSync(this.folder).filter((name) => ROLL_ID.test(name));
    } catch {
      // None was ever opened.
    }
    return names.sort().flatMap((name) => {
      try {
        const facts = factsSchema.parse(JSON.parse(readFileSync(this.path(name, "roll.json"), "utf8")));
        return facts.rollId === name ? [facts] : [];
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
    roll.version = edits.version;
    for (const [trackId, notes] of Object.entries(edits.tracks)) {
      roll.track(trackId).notes = notes.map(fromRow);
      roll.changedTracks.add(trackId);
    }
    return roll;
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
    if (this.waiting.has(roll.id)) return;
    const timer = setTimeout(() => void this.write(roll), WRITE_MS);
    this.waiting.set(roll.id, { roll, timer });
  }

  isWaiting(rollId: string): boolean {
    return this.waiting.has(rollId) || this.writing.has(rollId);
  }

  remove(rollId: string): void {
    clearTimeout(this.waiting.get(rollId)?.timer);
    this.waiting.delete(rollId);
    const removed = () => rmSync(this.path(rollId), { recursive: true, force: true, maxRetries: 3 });
    void (this.writing.get(rollId) ?? Promise.resolve()).then(removed).catch(() => {});
  }

  /** Write what waits. */
  async close(): Promise<void> {
    await Promise.all([...this.waiting.values()].map(({ roll }) => this.write(roll)));
  }

  private write(roll: Roll): Promise<void> {
    clearTimeout(this.waiting.get(roll.id)?.timer);
    this.waiting.delete(roll.id);
    const before = this.writing.get(roll.id) ?? Promise.resolve();
    const written = before.then(() => this.writeNow(roll));
    this.writing.set(roll.id, written);
    return written.finally(() => {
      if (this.writing.get(roll.id) === written) this.writing.delete(roll.id);
    });
  }

  private async writeNow(roll: Roll): Promise<void> {
    const tracks = Object.fromEntries(
      [...roll.changedTracks].map((trackId) => [trackId, roll.track(trackId).notes.map(toRow)]),
    );
    const edits: Edits = { version: roll.version, tracks };
    try {
      await this.replace(roll.id, "edits.json", JSON.stringify(edits));
    } catch (thrown) {
      this.onProblem(thrown instanceof Error ? thrown.message : String(thrown));
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
      await this.replace(facts.rollId, name, content);
      await this.replace(facts.rollId, "roll.json", JSON.stringify(facts));
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

  private async replace(rollId: string, name: string, content: string | Uint8Array): Promise<void> {
    const path = this.path(rollId, name);
    await writeFile(`${path}.part`, content, { mode: 0o600 });
    await rename(`${path}.part`, path);
  }

  private path(rollId: string, ...names: string[]): string {
    return join(this.folder, rollId, ...names);
  }
}

function toRow({
  startTick,
  durationTicks,
  pitch,
  velocity,
  channel,
}: Note): Edits["tracks"][string][number] {
  return [startTick, durationTicks, pitch, velocity, channel];
}

function fromRow([
  startTick,
  durationTicks,
  pitch,
  velocity,
  channel,
]: Edits["tracks"][string][number]): Note {
  return { startTick, durationTicks, pitch, velocity, channel };
}
