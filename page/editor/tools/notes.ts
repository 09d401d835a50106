/**
 * What a press over the notes starts, by the tool; on a note, every tool grabs it.
 */
import { activateTrack, perform, previewNotes, select, toggleLock } from "../actions.ts";
import type { EditorState } from "../editor-state.ts";
import { removeNotes } from "../edits.ts";
import type { Drag, Pointed } from "./drag.ts";
import { drawDrag } from "./draw.ts";
import { moveDrag, resizeDrag } from "./move.ts";
import { boxDrag, lassoDrag } from "./select.ts";
import { ghostAt, hitAt, type TrackHit } from "./under-pointer.ts";

export function notesDrag(state: EditorState, at: Pointed): Drag | undefined {
  const { store } = state;
  const ghost = ghostAt(state, at);
  if (ghost !== undefined) return { end: (_, isClick) => isClick && store.fill.acceptNote(ghost) };
  const isDrawing = store.tool.value === "draw";
  const hit = hitAt(state, at, isDrawing);
  if (hit !== undefined) {
    if (isDrawing && at.clicks === 2) return removeAt(state, at);
    return onNote(state, hit, at);
  }
  if (isDrawing || (at.clicks === 2 && store.tool.value === "select")) return drawDrag(state, at);
  return store.tool.value === "lasso" ? lassoDrag(state, at) : boxDrag(state, at);
}

/** The note at a place goes. */
export function removeAt(state: EditorState, at: Pointed): Drag {
  const hit = hitAt(state, at, true);
  if (hit !== undefined) perform(state.store, removeNotes(state.store.song.value, new Set([hit.note.id])));
  return {};
}

function onNote(state: EditorState, { track, note, part }: TrackHit, at: Pointed): Drag {
  const { store } = state;
  if (at.isMod && store.region.value !== undefined) {
    return { end: (_, isClick) => isClick && toggleLock(store, [note]) };
  }
  activateTrack(store, track.id);
  const wasSelected = store.selected.value.has(note.id);
  if (at.isShift) {
    const ids = new Set(store.selected.value);
    if (wasSelected) ids.delete(note.id);
    else ids.add(note.id);
    store.selected.value = ids;
  } else if (!wasSelected) select(store, [note]);
  if (!store.selected.value.has(note.id)) return {};
  previewNotes(store, [note]);
  const drag = part === "body" ? moveDrag(state, note, at) : resizeDrag(state, note, part, at);
  const end: Drag["end"] = (to, isClick) => {
    if (isClick && wasSelected && !at.isShift) select(store, [note]);
    drag.end?.(to, isClick);
  };
  return { ...drag, end };
}
