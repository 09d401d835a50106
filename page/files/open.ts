/**
 * The way in: a file, a piece that comes with the page, or a song that the daemon has.
 */
import { signal } from "@preact/signals";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import type { Roll } from "../page-client.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";
import { type Area, fitView } from "./fit-view.ts";

/** What is being opened; undefined where nothing is. */
export const opening = signal<string | undefined>(undefined);

/** Left of the notes, and above them. */
const [KEYBOARD_WIDTH, RULER_HEIGHT] = [64, 32];

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
    arrange(store);
    // Once the roll stands, its size is known.
    requestAnimationFrame(() => showStart(store));
  } catch (thrown) {
    store.fail(thrown);
  } finally {
    opening.value = undefined;
  }
}

/** The first track with a melody is the one to work on, and what is there is in sight. */
function arrange(store: Store): void {
  if (store.roll.value?.host === null) {
    const { tracks } = store.song.value;
    const melodic = tracks.find(({ isDrums, notes }) => !isDrums && notes.length > 0);
    store.activeTrackId.value = (melodic ?? tracks[0])?.id;
  }
  showStart(store);
}

function showStart(store: Store): void {
  const { song, bars, region, activeTrackId } = store;
  store.view.value = fitView(song.value, bars.value, areaOfRoll(), {
    region: region.value,
    activeTrackId: activeTrackId.value,
  });
}

function areaOfRoll(): Area {
  const place = document.querySelector(".frame-roll")?.getBoundingClientRect();
  const { width, height } = place ?? { width: innerWidth - 500, height: innerHeight - 140 };
  return { width: Math.max(200, width - KEYBOARD_WIDTH), height: Math.max(150, height - RULER_HEIGHT) };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
