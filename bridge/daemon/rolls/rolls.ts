/**
 * All rolls of the daemon: opened, found, changed; the oldest go where there are too many.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { readSong } from "../../engine/song-file.ts";
import type { RollEntry } from "../../protocol/roll.ts";
import type { Song } from "../../protocol/song.ts";
import { wholeSong } from "./host-song.ts";
import { MOST_NOTES, Roll, type RollFacts } from "./roll.ts";

const MOST_ROLLS = 32;
const BASE_FILE = "base.mid";

export class Rolls {
  private readonly folder: string;
  /** The latest last. */
  private readonly byId = new Map<string, Roll>();

  /** @param folder  where they are kept */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws BridgeError MIDI_*, ROLL_TOO_LARGE */
  async openFile(title: string, bytes: Uint8Array): Promise<Roll> {
    const facts = newFacts(title, title);
    const folder = join(this.folder, facts.rollId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const input = join(folder, BASE_FILE);
    try {
      writeFileSync(input, bytes, { mode: 0o600 });
      const song = await readSong({ input, shownAs: title, mostNotes: MOST_NOTES });
      return this.add(new Roll(facts, song));
    } catch (thrown) {
      rmSync(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  openSong(title: string, song: Song): Roll {
    const roll = new Roll(newFacts(title, null), wholeSong(song));
    const { noteCount: notes } = roll;
    if (notes <= MOST_NOTES) return this.add(roll);
    throw new BridgeError(
      "ROLL_TOO_LARGE",
      `the song has ${notes} notes, a piano roll holds ${MOST_NOTES}; split it`,
      { data: { notes, limit: MOST_NOTES } },
    );
  }

  /** @throws BridgeError ROLL_NOT_FOUND */
  get(rollId: string): Roll {
    const roll = this.byId.get(rollId);
    if (roll !== undefined) return roll;
    throw new BridgeError(
      "ROLL_NOT_FOUND",
      `there is no open song ${rollId}; the last ${MOST_ROLLS} are kept, open it again`,
      { data: { rollId } },
    );
  }

  /** The latest first. */
  get entries(): RollEntry[] {
    return [...this.byId.values()].map(({ entry }) => entry).reverse();
  }

  private add(roll: Roll): Roll {
    this.byId.set(roll.id, roll);
    for (const oldest of this.byId.keys()) {
      if (this.byId.size <= MOST_ROLLS) break;
      this.byId.delete(oldest);
      rmSync(join(this.folder, oldest), { recursive: true, force: true });
    }
    return roll;
  }
}

function newFacts(title: string, file: string | null): RollFacts {
  // The time leads, so that names sort by age and none comes twice.
  const rollId = `${Date.now().toString(36)}-${randomBytes(5).toString("hex")}`;
  return { rollId, title, openedAt: new Date().toISOString(), file };
}
