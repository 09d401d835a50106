/**
 * The ruler: a click sets the cursor, a drag marks bars (with Alt beats), edges can be dragged, a double click takes
 * the bar, Shift extends.
 */
import type { Tick } from "../../../bridge/music/time.ts";
import type { PageRegion } from "../../document/song.ts";
import type { EditorState } from "../editor-state.ts";
import { xOfTick } from "../viewport.ts";
import type { Drag, Pointed } from "./drag.ts";

/** Edges of the region can be taken from so far, in CSS pixels. */
const EDGE_REACH = 6;

/** The edge of the region at a place. */
export function regionEdgeAt(state: EditorState, x: number, reach = EDGE_REACH): "start" | "end" | undefined {
  const region = state.store.region.value;
  if (region === undefined) return undefined;
  const view = state.store.view.value;
  if (Math.abs(x - xOfTick(view, region.endTick)) <= reach) return "end";
  return Math.abs(x - xOfTick(view, region.startTick)) <= reach ? "start" : undefined;
}

export function rulerDrag(state: EditorState, from: Pointed): Drag {
  const { store } = state;
  const region = store.region.value;
  const edge = regionEdgeAt(state, from.x);
  if (from.clicks === 2) {
    markAt(state, from.tick, from.tick, from);
    commit(state);
    return { clear: () => commit(state) };
  }
  const anchor = anchorOf(state, from, edge, region);
  if (from.isShift && region !== undefined) markAt(state, anchor, from.tick, from);
  return {
    move: (at) => markAt(state, anchor, at.tick, at),
    end(at, isClick) {
      if (isClick && !from.isShift && edge === undefined) {
        store.cursorTick.value = state.snapBy(at.isMod ? "off" : "beat").nearest(Math.max(0, at.tick));
      } else commit(state);
    },
    clear() {
      state.regionDraft.value = undefined;
    },
  };
}

/** The end that stays: the other edge of the region, the farther one with Shift, else where the pointer went down. */
function anchorOf(
  state: EditorState,
  from: Pointed,
  edge: "start" | "end" | undefined,
  region: PageRegion | undefined,
): number {
  if (region === undefined) return from.tick;
  const isEarlier = from.tick < (region.startTick + region.endTick) / 2;
  if (edge === "start" || (edge === undefined && from.isShift && isEarlier)) return region.endTick - 0.5;
  if (edge === "end" || from.isShift) return region.startTick;
  return Math.max(0, Math.min(from.tick, state.extent.value.endTick * 2));
}

function markAt(state: EditorState, anchor: Tick, tick: Tick, at: Pointed): void {
  const trackId = state.store.activeTrackId.value;
  if (trackId === undefined) return;
  const snap = state.snapBy(at.isAlt ? "beat" : "bar");
  const [first, last] = [Math.max(0, Math.min(anchor, tick)), Math.max(0, anchor, tick)];
  const [startTick, endTick] = [snap.down(first), snap.next(last)];
  const shown = state.regionDraft.value;
  if (shown?.startTick === startTick && shown.endTick === endTick) return;
  state.regionDraft.value = { trackId, startTick, endTick };
}

function commit(state: EditorState): void {
  const draft = state.regionDraft.value;
  if (draft === undefined) return;
  state.store.region.value = draft;
  state.store.cursorTick.value = draft.startTick;
  state.regionDraft.value = undefined;
}
