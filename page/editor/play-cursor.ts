/**
 * The playback cursor: an element that is only moved, and a window that turns the page when the cursor leaves it.
 */
import { effect } from "@preact/signals";
import { setView } from "./actions.ts";
import type { EditorState } from "./editor-state.ts";
import { xOfTick } from "./viewport.ts";

/** What is shown before it after a turn, as a share of the window. */
const BEFORE = 0.04;

/** @returns how to stop */
export function followPlay(state: EditorState, line: HTMLElement): () => void {
  const { store } = state;
  let wasPlaying = false;
  let wasInside = false;
  let lastView = store.view.value;
  return effect(() => {
    const tick = store.playTick.value;
    const view = store.view.value;
    const { body, velocity } = state.layout.value;
    const x = tick === undefined ? -1 : xOfTick(view, tick);
    const isInside = x >= 0 && x <= body.width;
    line.hidden = !isInside;
    // It left the view by itself; a user who scrolls during playback wants to look elsewhere.
    const hasLeft = wasInside && view === lastView;
    [lastView, wasInside] = [view, isInside];
    const isTurned = tick !== undefined && !isInside && (hasLeft || !wasPlaying);
    wasPlaying = tick !== undefined;
    if (isTurned) {
      setView(store, { ...view, startTick: tick - BEFORE * body.width * view.ticksPerPixel });
    }
    if (!isInside) return;
    line.style.height = `${body.height + velocity.height + 12}px`;
    line.style.transform = `translate(${Math.round(body.x + x)}px, ${body.y - 12}px)`;
  });
}
