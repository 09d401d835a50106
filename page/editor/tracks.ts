/**
 * Adds and removes tracks, here and for other pages that show the song.
 */
import { batch } from "@preact/signals";
import { plural } from "../../bridge/plural.ts";
import type { NewTrack } from "../page-client.ts";
import type { Store } from "../state.ts";
import { activateTrack, say } from "./actions.ts";

/** Hear of tracks that other pages add and remove. */
export function watchTracks(store: Store): void {
  store.client.onTracks(({ rollId, added, removed }) => {
    if (rollId !== store.roll.value?.rollId) return;
    if (added !== null) store.putTrack(added);
    if (removed !== null) store.dropTrack(removed);
  });
}

/** Add a track and work on it. @returns whether it is there; what went wrong was said */
export async function addTrack(store: Store, newTrack: NewTrack): Promise<boolean> {
  const rollId = store.roll.value?.rollId;
  if (rollId === undefined) return false;
  try {
    const track = await store.client.addTrack(rollId, newTrack);
    if (store.roll.value?.rollId !== rollId) return false;
    batch(() => {
      store.putTrack(track);
      activateTrack(store, track.id);
    });
    say(store, `${newTrack.name} added: ${plural(store.song.value.tracks.length, "track")}`);
    return true;
  } catch (thrown) {
    store.fail(thrown);
    return false;
  }
}

export async function removeTrack(store: Store, trackId: string): Promise<void> {
  const rollId = store.roll.value?.rollId;
  if (rollId === undefined) return;
  if (store.draft(trackId) !== undefined) {
    store.dropTrack(trackId);
    return;
  }
  try {
    // Its notes may still be on their way out.
    await store.client.settled();
    await store.client.removeTrack(rollId, trackId);
    store.dropTrack(trackId);
  } catch (thrown) {
    store.fail(thrown);
  }
}

/** Whether it came into the song here; tracks of a file stay. */
export function isAdded({ id }: { readonly id: string }): boolean {
  return id.startsWith("added-");
}
