/**
 * Several files at once, as they are dropped: each becomes a song, and the first one is shown.
 */
import { countOf } from "../app/counts.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";
import { isMidiFile } from "./midi-files.ts";
import { openFile, opening, sentFile, showRoll } from "./open.ts";

/** As many unchanged songs as the daemon keeps: more would push each other out. */
const MOST_FILES = 32;

/** Open all MIDI files of several, and say what became of the others. */
export async function openFiles(store: Store, files: readonly File[]): Promise<void> {
  const midi = files.filter(isMidiFile);
  const [first] = midi.length === 0 ? files : midi;
  if (first === undefined) return;
  if (midi.length <= 1) await openFile(store, first);
  else await openAll(store, midi.slice(0, MOST_FILES));
  const others = files.length - Math.max(1, midi.length);
  if (others > 0) {
    store.tell(
      "info",
      `${countOf(others, "other file")} ${others === 1 ? "is" : "are"} not MIDI and ${others === 1 ? "was" : "were"} left out.`,
    );
  }
  if (midi.length > MOST_FILES) {
    store.tell("info", `Only the first ${MOST_FILES} of ${midi.length} files were opened.`);
  }
}

async function openAll(store: Store, files: readonly File[]): Promise<void> {
  const rolls = [];
  for (const [at, file] of files.entries()) {
    opening.value = `${titleOf(file.name)} (${at + 1} of ${files.length})`;
    try {
      rolls.push(await sentFile(store, file));
    } catch (thrown) {
      store.fail(thrown);
    }
  }
  opening.value = undefined;
  const [first, ...others] = rolls;
  if (first === undefined) return;
  for (const { rollId } of others) store.client.close(rollId);
  await showRoll(store, first);
  if (others.length > 0) {
    store.tell(
      "info",
      `${countOf(rolls.length, "song")} opened. The others are on the start page, under Your songs.`,
    );
  }
}
