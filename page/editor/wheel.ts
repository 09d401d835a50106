/**
 * The wheel scrolls; with Shift along the song; with Ctrl, and by pinching on a trackpad, it zooms in time; with Alt
 * in pitch.
 */
import { setView } from "./actions.ts";
import type { EditorState } from "./editor-state.ts";
import { zoneAt } from "./layout.ts";
import { scrolled, zoomed } from "./viewport.ts";

const LINE_PIXELS = 32;
/** The factor of one pixel of the wheel. */
const ZOOM = 1.0022;

export function onWheel(state: EditorState, area: HTMLElement, event: WheelEvent): void {
  event.preventDefault();
  const { store } = state;
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
  const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
  const { left, top } = area.getBoundingClientRect();
  const layout = state.layout.value;
  const [areaX, areaY] = [event.clientX - left, event.clientY - top];
  const [x, y] = [areaX - layout.body.x, areaY - layout.body.y];
  const view = store.view.value;
  if (event.ctrlKey || event.metaKey) {
    // A pinch on a trackpad comes in small steps.
    const isPinch = Math.abs(dy) < 16 && event.deltaMode === WheelEvent.DOM_DELTA_PIXEL;
    setView(store, zoomed(view, { time: ZOOM ** (-dy * (isPinch ? 4 : 1)), x }));
    return;
  }
  if (event.altKey) {
    setView(store, zoomed(view, { pitch: ZOOM ** -dy, y }));
    return;
  }
  const zone = zoneAt(layout, areaX, areaY);
  const isAlong = event.shiftKey || zone === "overview" || zone === "ruler" || zone === "velocity";
  setView(store, isAlong ? scrolled(view, dx + dy, 0) : scrolled(view, dx, dy));
}
