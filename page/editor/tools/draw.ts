/**
 * Draws a note: it starts where the pointer goes down, and ends where it is released.
 */
import { newNote } from "../../document/song.ts";
import { perform } from "../actions.ts";
import type { EditorState } from "../editor-state.ts";
import { channelOf, drawNote } from "../edits.ts";
import type { Drag, Pointed } from "./drag.ts";

const NEW_VELOCITY = 90;

export function drawDrag(state: EditorState, from: Pointed): Drag {
  const { store } = state;
  const track = state.activeTrack.value;
  if (track === undefined) return {};
  const snap = state.snap.value;
  const startTick = snap.down(from.tick);
  const pitch = Math.min(127, Math.max(0, Math.floor(from.pitch)));
  const isFree = state.grid.value === "off";
  const shortest = isFree ? Math.round(store.song.value.ppq / 4) : snap.next(startTick) - startTick;
  const plainAt = (at: Pointed, isClick: boolean) => {
    const end = isFree ? Math.round(at.tick) : snap.up(at.tick);
    const durationTicks = isClick ? shortest : Math.max(isFree ? 1 : shortest, end - startTick);
    return { startTick, durationTicks, pitch, velocity: NEW_VELOCITY, channel: channelOf(track) };
  };
  const show = (at: Pointed, isClick: boolean) => {
    state.draft.value = { trackId: track.id, notes: [newNote(plainAt(at, isClick))], hidden: new Set() };
  };
  show(from, true);
  store.sound.preview(track.id, pitch, NEW_VELOCITY);
  return {
    move: (at) => show(at, false),
    end: (at, isClick) => perform(store, drawNote(store.song.value, track.id, plainAt(at, isClick))),
    clear() {
      state.draft.value = undefined;
    },
  };
}
