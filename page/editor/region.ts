/**
 * Marks bars by keys, and scrolls to them.
 */
import type { PageRegion } from "../document/song.ts";
import type { Store } from "../state.ts";
import { say, setView } from "./actions.ts";
import { regionName } from "./describe.ts";
import { editorState } from "./editor-state.ts";
import { spanOf } from "./note-span.ts";
import { revealed } from "./viewport.ts";

/** The bars of what is selected, else that of the cursor. */
export function regionHere(store: Store): void {
  const bars = store.bars.value;
  const span = spanOf(editorState(store).selectedNotes.value);
  const [start, end] = [span?.startTick ?? store.cursorTick.value, span?.endTick ?? 0];
  const first = bars.barAtTick(start);
  mark(store, first, Math.max(first, bars.barAtTick(Math.max(start, end - 1))));
}

/** A bar more at the end, or one less, as long as one is left. */
export function stretchRegion(store: Store, by: 1 | -1): void {
  const [first, last] = barsOf(store);
  mark(store, first, Math.max(first, last + by));
}

/** As many bars, later or earlier. */
export function moveRegion(store: Store, by: 1 | -1): void {
  const [first, last] = barsOf(store);
  if (first + by >= 0) mark(store, first + by, last + by);
}

function barsOf(store: Store): [first: number, last: number] {
  const { startTick, endTick } = store.region.value ?? { startTick: 0, endTick: 1 };
  const bars = store.bars.value;
  return [bars.barAtTick(startTick), bars.barAtTick(Math.max(startTick, endTick - 1))];
}

function mark(store: Store, first: number, last: number): void {
  const trackId = store.activeTrackId.value;
  if (trackId === undefined) return;
  const bars = store.bars.value;
  const region: PageRegion = { trackId, startTick: bars.startTick(first), endTick: bars.endTick(last) };
  store.region.value = region;
  store.cursorTick.value = region.startTick;
  say(store, `${regionName(region.startTick, region.endTick, bars)} marked`);
  revealRegion(store, region);
}

/** Scroll to bars that are out of sight. */
export function revealRegion(store: Store, region: PageRegion): void {
  const view = store.view.value;
  const middle = view.topPitch - editorState(store).bodySize.value.height / view.pixelsPerPitch / 2;
  const shown = { ...region, lowest: Math.floor(middle), highest: Math.floor(middle) };
  setView(store, revealed(view, shown, editorState(store).bodySize.value));
}

/** Scroll up or down to notes all of which are out of sight; where some are seen, nothing moves. */
export function revealPitches(store: Store, notes: readonly { readonly pitch: number }[]): void {
  const view = store.view.value;
  const size = editorState(store).bodySize.value;
  const bottom = view.topPitch - size.height / view.pixelsPerPitch;
  // Half a row is seen well enough.
  const isSeen = ({ pitch }: { pitch: number }) => pitch + 0.5 < view.topPitch && pitch + 0.5 > bottom;
  if (size.height <= 0 || notes.some(isSeen)) return;
  const pitches = notes.map(({ pitch }) => pitch);
  const [lowest, highest] = [Math.min(...pitches), Math.max(...pitches)];
  const startTick = view.startTick;
  setView(store, revealed(view, { startTick, endTick: startTick, lowest, highest }, size));
}
