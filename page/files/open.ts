/**
 * Opening songs: a file, a piece that comes with the page, a new song, or a song that the daemon has.
 */
import { batch, signal } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import { keeperOf } from "../keeping/keeper.ts";
import type { Roll, RollEntry } from "../page-client.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";

/** What is being opened; undefined where nothing is. */
export const opening = signal<string | undefined>(undefined);
/** A song with changes that came from the same file as the one that was just opened. */
export const earlier = signal<RollEntry | undefined>(undefined);

/** Of a file that holds several songs. */
const MORE_SONGS = "MIDI_MORE_SONGS";
/** As many unchanged songs as the daemon keeps: more would push each other out. */
export const MOST_SONGS = 32;

interface Opened {
  readonly roll: Roll;
  /** What is kept of it, by name. */
  readonly kept: ReadonlyMap<string, string>;
}

const NOTHING_KEPT: ReadonlyMap<string, string> = new Map();

/**
 * Have the daemon open a file: the songs in it, of which some hold several, one behind the other.
 * @throws Error that says why not
 */
export async function sentFile(store: Store, file: File): Promise<Roll[]> {
  if (file.size > (LIMITS.fileCharacters / 4) * 3) {
    throw new Error(`"${file.name}" is too large for a MIDI file: it has ${megabytes(file.size)} MB.`);
  }
  const buffer = await file.arrayBuffer().catch(() => {
    throw new Error(`"${file.name}" cannot be read. Is it a folder, or on a drive that was removed?`);
  });
  const bytes = new Uint8Array(buffer);
  const first = await store.client.openFile(file.name, bytes);
  if (!first.warnings.some(({ code }) => code === MORE_SONGS)) return [first];
  const songs = [first];
  while (songs.length < MOST_SONGS) {
    const number = songs.length + 1;
    const next = await nextSong(store, `${titleOf(file.name)} (${number})`, bytes, number);
    if (next === undefined) break;
    songs.push(next);
  }
  // Where all are open, there is nothing left to choose.
  return songs.map((song) => ({
    ...song,
    warnings: song.warnings.filter(({ code }) => code !== MORE_SONGS),
  }));
}

/** One of several songs of a file; undefined if it does not exist or cannot be read. */
async function nextSong(
  store: Store,
  title: string,
  bytes: Uint8Array,
  number: number,
): Promise<Roll | undefined> {
  try {
    return await store.client.openFile(title, bytes, number);
  } catch (thrown) {
    if (thrown instanceof BridgeError && thrown.code === "MIDI_SONG_MISSING") return undefined;
    store.fail(thrown);
    return undefined;
  }
}

export function openPiece(store: Store, title: string, path: string): Promise<void> {
  return opened(store, title, async () => {
    const answer = await fetch(path);
    if (!answer.ok)
      throw new Error(`The piece "${title}" is missing. Install Continuo again to get it back.`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { roll: await store.client.openFile(title, bytes), kept: NOTHING_KEPT };
  });
}

export function openRoll(store: Store, rollId: string, title = "the song"): Promise<void> {
  return opened(store, title, async () => {
    const { queue } = keeperOf(store);
    // Texts that are still on their way would be missed.
    await queue.send();
    const [roll, kept] = await Promise.all([store.client.get(rollId), queue.read(rollId)]);
    return { roll, kept };
  });
}

/** Show a song that the daemon has just opened. */
export function showRoll(store: Store, roll: Roll): Promise<void> {
  return opened(store, roll.title, async () => ({ roll, kept: NOTHING_KEPT }));
}

/** Back to the start; what is open stays with the daemon. */
export function closeSong(store: Store): void {
  store.sound.stop();
  leave(store);
  store.ghosts.value = undefined;
  store.roll.value = undefined;
}

async function opened(store: Store, title: string, get: () => Promise<Opened>): Promise<void> {
  opening.value = title;
  try {
    const { roll, kept } = await get();
    store.sound.stop();
    if (store.roll.value?.rollId !== roll.rollId) leave(store);
    batch(() => {
      store.show(roll);
      beginWithMelody(store);
      keeperOf(store).restore(roll.rollId, kept);
      earlier.value = roll.earlier ?? undefined;
    });
  } catch (thrown) {
    store.fail(thrown);
  } finally {
    opening.value = undefined;
  }
}

/** The daemon may let go of a song that no page shows. */
function leave(store: Store): void {
  const roll = store.roll.value;
  keeperOf(store).leave();
  earlier.value = undefined;
  if (roll !== undefined) store.client.close(roll.rollId);
}

/** The first track with a melody is the one to work on, unless somebody waits for another. */
function beginWithMelody({ roll, song, activeTrackId }: Store): void {
  if (roll.value?.host !== null) return;
  const { tracks } = song.value;
  const melodic = tracks.find(({ isDrums, notes }) => !isDrums && notes.length > 0);
  activeTrackId.value = (melodic ?? tracks[0])?.id;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
