/**
 * The way in: a file, a piece that comes with the page, or a song that the daemon has.
 */
import { signal } from "@preact/signals";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import type { Roll } from "../page-client.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";

/** What is being opened; undefined where nothing is. */
export const opening = signal<string | undefined>(undefined);

/** Open a MIDI file, or say why not. */
export function openFile(store: Store, file: File): Promise<void> {
  return opened(store, titleOf(file.name), async () => {
    if (file.size > (LIMITS.fileCharacters / 4) * 3) {
      throw new Error(`"${file.name}" is too large for a MIDI file: it has ${megabytes(file.size)} MB`);
    }
    const bytes = await file.arrayBuffer().catch(() => {
      throw new Error(`"${file.name}" cannot be read; is it a folder, or on a drive that is gone?`);
    });
    return store.client.openFile(titleOf(file.name), new Uint8Array(bytes));
  });
}

/** Of several that were dropped, the first that calls itself MIDI. */
export function midiFileOf(files: readonly File[]): File | undefined {
  return files.find(({ name }) => /\.midi?$/i.test(name)) ?? files[0];
}

export function openPiece(store: Store, title: string, path: string): Promise<void> {
  return opened(store, title, async () => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`the piece "${title}" is not there; is Continuo installed whole?`);
    return store.client.openFile(title, new Uint8Array(await answer.arrayBuffer()));
  });
}

export function openRoll(store: Store, rollId: string, title = "the song"): Promise<void> {
  return opened(store, title, () => store.client.get(rollId));
}

/** Back to the start; what is open stays with the daemon. */
export function closeSong(store: Store): void {
  store.sound.stop();
  store.ghosts.value = undefined;
  store.roll.value = undefined;
}

async function opened(store: Store, title: string, get: () => Promise<Roll>): Promise<void> {
  opening.value = title;
  try {
    const roll = await get();
    store.sound.stop();
    store.show(roll);
    beginWithMelody(store);
  } catch (thrown) {
    store.fail(thrown);
  } finally {
    opening.value = undefined;
  }
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
