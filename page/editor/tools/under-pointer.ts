/**
 * Which note is under the pointer, of the song or of an offer.
 */
import { ofTrack, type PageNote, type PageTrack } from "../../document/song.ts";
import { frontOf } from "../../ghosts.ts";
import type { EditorState } from "../editor-state.ts";
import { type NotePart, noteAt } from "../hit.ts";
import type { Pointed } from "./drag.ts";

export interface TrackHit {
  readonly track: PageTrack;
  readonly note: PageNote;
  readonly part: NotePart;
}

/** The note at a place: of the active track first, then of those that are shown. */
export function hitAt(state: EditorState, at: Pointed, isActiveOnly = false): TrackHit | undefined {
  const { store } = state;
  const active = state.activeTrack.value;
  const others = isActiveOnly ? [] : store.song.value.tracks.filter(({ id }) => id !== active?.id).reverse();
  for (const track of active === undefined ? others : [active, ...others]) {
    if (store.settingsOf(track.id).isHidden) continue;
    const hit = noteAt(track, store.view.value, at);
    if (hit !== undefined) return { track, ...hit };
  }
  return undefined;
}

/** The offered note at a place. */
export function ghostAt(state: EditorState, at: Pointed): PageNote | undefined {
  const { ghosts, song, view, activeTrackId } = state.store;
  if (ghosts.value === undefined) return undefined;
  const { region, notes } = ghosts.value;
  const front = frontOf(ghosts.value, activeTrackId.value);
  const isDrums = song.value.tracks.find(({ id }) => id === front)?.isDrums ?? false;
  return noteAt({ notes: ofTrack(notes, region, front), isDrums }, view.value, at)?.note;
}
