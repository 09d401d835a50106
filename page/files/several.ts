/**
 * Opens chosen or dropped files: each song in them is opened, and the first one is shown.
 */

import { isMidiName } from "../../bridge/music/midi-files.ts";
import { plural } from "../../bridge/plural.ts";
import type { Roll } from "../page-client.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";
import { MOST_SONGS, opening, sentFile, showRoll } from "./open.ts";

/** Open all MIDI files of several, and say what became of the others. */
export async function openFiles(store: Store, files: readonly File[]): Promise<void> {
  const midi = files.filter(({ name }) => isMidiName(name));
  const [first] = files;
  if (first === undefined) return;
  // One that is called otherwise may be MIDI all the same.
  const wanted = midi.length === 0 ? [first] : midi.slice(0, MOST_SONGS);
  await openAll(store, wanted);
  const others = files.length - Math.max(1, midi.length);
  if (others > 0) {
    store.tell(
      "info",
      `${plural(others, "other file")} ${others === 1 ? "is" : "are"} not MIDI and ${others === 1 ? "was" : "were"} left out.`,
    );
  }
  if (midi.length > wanted.length) {
    store.tell("info", `Only the first ${wanted.length} of ${midi.length} files were opened.`);
  }
}

async function openAll(store: Store, files: readonly File[]): Promise<void> {
  const rolls: Roll[] = [];
  for (const [at, file] of files.entries()) {
    const title = titleOf(file.name);
    opening.value = files.length === 1 ? title : `${title} (${at + 1} of ${files.length})`;
    try {
      rolls.push(...(await sentFile(store, file)));
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
      `${plural(rolls.length, "song")} opened. The others are on the start page, under Your songs.`,
    );
  }
}
