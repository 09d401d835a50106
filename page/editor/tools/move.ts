/**
 * Drags notes, and their edges.
 */
import type { PageNote } from "../../document/song.ts";
import { perform } from "../actions.ts";
import type { EditorState } from "../editor-state.ts";
import { copyNotes, type Edge, type Edit, moveNotes, pick, resizeNotes } from "../edits.ts";
import type { Drag, Pointed } from "./drag.ts";

/** Draw what an edit would make of the selected notes. */
function show(state: EditorState, edit: Edit, isCopy: boolean): void {
  const { store } = state;
  const ids = store.selected.value;
  const trackId = pick(store.song.value, ids)[0]?.track.id ?? "";
  state.draft.value = { trackId, notes: edit.result, hidden: isCopy ? new Set() : ids };
}

/** Move the selected notes, or with Alt copies of them. @param held  the note under the pointer */
export function moveDrag(state: EditorState, held: PageNote, from: Pointed): Drag {
  const { store } = state;
  let heardPitch = held.pitch;
  const editAt = (at: Pointed): Edit => {
    const song = store.song.value;
    const start = held.startTick + at.tick - from.tick;
    const free = at.isMod ? Math.max(0, Math.round(start)) : state.snap.value.nearest(start);
    // What is not on the grid keeps its place until it is moved by a step.
    const ticks = Math.abs(at.x - from.x) < 4 ? 0 : free - held.startTick;
    const pitches = Math.floor(at.pitch) - Math.floor(from.pitch);
    const make = at.isAlt ? copyNotes : moveNotes;
    return make(song, store.selected.value, ticks, pitches);
  };
  return {
    move(at) {
      const edit = editAt(at);
      show(state, edit, at.isAlt);
      const pitch = Math.min(127, Math.max(0, held.pitch + Math.floor(at.pitch) - Math.floor(from.pitch)));
      if (pitch === heardPitch) return;
      heardPitch = pitch;
      const trackId = store.activeTrackId.value;
      if (trackId !== undefined) store.sound.preview(trackId, pitch, held.velocity);
    },
    end(at, isClick) {
      if (!isClick) perform(store, editAt(at));
    },
    clear() {
      state.draft.value = undefined;
    },
  };
}

/** Move an edge of the selected notes as far as that of the held one. */
export function resizeDrag(state: EditorState, held: PageNote, edge: Edge, from: Pointed): Drag {
  const { store } = state;
  const edgeTick = edge === "start" ? held.startTick : held.startTick + held.durationTicks;
  const editAt = (at: Pointed): Edit => {
    const wanted = edgeTick + at.tick - from.tick;
    const snapped = at.isMod ? Math.round(wanted) : state.snap.value.nearest(wanted);
    return resizeNotes(store.song.value, store.selected.value, edge, snapped - edgeTick);
  };
  return {
    move: (at) => show(state, editAt(at), false),
    end(at, isClick) {
      if (!isClick) perform(store, editAt(at));
    },
    clear() {
      state.draft.value = undefined;
    },
  };
}
