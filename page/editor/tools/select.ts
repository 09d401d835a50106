/**
 * Selecting by a rectangle, or by a line drawn by hand. Shift adds to what is selected.
 */
import type { NoteId } from "../../document/song.ts";
import type { EditorState } from "../editor-state.ts";
import { notesInBox, notesInLasso, type Point } from "../hit.ts";
import { xOfTick } from "../viewport.ts";
import type { Drag, Pointed } from "./drag.ts";
import { hitAt } from "./under-pointer.ts";

function selectWith(state: EditorState, before: ReadonlySet<NoteId>, ids: readonly NoteId[]): void {
  const next = new Set([...before, ...ids]);
  const { selected } = state.store;
  const isSame = next.size === selected.value.size && [...next].every((id) => selected.value.has(id));
  if (!isSame) selected.value = next;
}

export function boxDrag(state: EditorState, from: Pointed): Drag {
  const { store } = state;
  const before = from.isShift ? store.selected.value : new Set<NoteId>();
  return {
    move(at) {
      const track = state.seenTrack();
      const view = store.view.value;
      // Where it began stays with the song while the window moves.
      const start = { x: xOfTick(view, from.tick), y: (view.topPitch - from.pitch) * view.pixelsPerPitch };
      state.box.value = [start, at];
      if (track === undefined) return;
      const found = notesInBox(track, view, start, at);
      selectWith(
        state,
        before,
        found.map(({ id }) => id),
      );
    },
    end(at, isClick) {
      if (isClick && hitAt(state, at) === undefined) selectWith(state, before, []);
    },
    clear() {
      state.box.value = undefined;
    },
  };
}

export function lassoDrag(state: EditorState, from: Pointed): Drag {
  const { store } = state;
  const before = from.isShift ? store.selected.value : new Set<NoteId>();
  let line: Point[] = [from];
  return {
    move({ x, y }) {
      const track = state.seenTrack();
      line = [...line, { x, y }];
      state.lasso.value = line;
      if (track === undefined) return;
      selectWith(
        state,
        before,
        notesInLasso(track, store.view.value, line).map(({ id }) => id),
      );
    },
    end(_, isClick) {
      if (isClick) selectWith(state, before, []);
    },
    clear() {
      state.lasso.value = [];
    },
  };
}
