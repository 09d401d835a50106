/**
 * The actions of the editor, by key, button or drag: edits as one step each, selection, window.
 */
import { ticksFromQuarters } from "../../bridge/music/time.ts";
import { firstFrom, type PageNote } from "../document/song.ts";
import type { Store, View } from "../state.ts";
import { beatName, selectionInWords } from "./describe.ts";
import { LEAST_QUARTERS } from "./draw-overview.ts";
import { type EditorState, editorState } from "./editor-state.ts";
import {
  channelOf,
  clipOf,
  drawNote,
  duplicateNotes,
  type Edit,
  moveNotes,
  pasteClip,
  quantizeNotes,
  removeNotes,
  resizeNotes,
  setVelocities,
} from "./edits.ts";
import { spanOf } from "./note-span.ts";
import { clampView, revealed, scrolled, viewOf, xOfTick, zoomed } from "./viewport.ts";

/** Bars that are shown when a song is opened. */
const FIRST_BARS = 12;
/** Of the buttons and keys. */
export const ZOOM_STEP = 1.4;

/** Work on a track, which is then seen; the bars that are marked go with it, unless something is offered for them. */
export function activateTrack(store: Store, trackId: string): void {
  if (trackId === store.activeTrackId.value) return;
  store.activeTrackId.value = trackId;
  store.selected.value = new Set();
  if (store.settingsOf(trackId).isHidden) store.setTrack(trackId, { isHidden: false });
  const region = store.region.value;
  if (region !== undefined && store.ghosts.value === undefined) store.region.value = { ...region, trackId };
}

/** Do an edit as one step, and select what came of it. */
export function perform(store: Store, edit: Edit): void {
  const hasChanged = edit.changes.some(({ removed, added }) => removed.length + added.length > 0);
  if (!hasChanged) return;
  const gone = new Set(edit.changes.flatMap(({ removed }) => removed.map(({ id }) => id)));
  for (const { added } of edit.changes) for (const { id } of added) gone.delete(id);
  store.history.do(edit.label, edit.changes);
  store.selected.value = new Set(edit.result.map(({ id }) => id));
  if ([...store.locked.value].some((id) => gone.has(id))) {
    store.locked.value = new Set([...store.locked.value].filter((id) => !gone.has(id)));
  }
  if (edit.said !== undefined) say(store, edit.said);
}

export function say(store: Store, text: string): void {
  editorState(store).say(text);
}

export function select(store: Store, notes: readonly PageNote[]): void {
  store.selected.value = new Set(notes.map(({ id }) => id));
}

/** What is selected in the song as it is now. */
export function hasSelection(store: Store): boolean {
  return editorState(store).selectedNotes.value.length > 0;
}

/** All notes of the active track: of the region first, where one is marked and not all of it is selected. */
export function selectAll(store: Store): void {
  const notes = editorState(store).activeTrack.value?.notes ?? [];
  const region = store.region.value;
  if (region !== undefined && region.trackId === store.activeTrackId.value) {
    const own = notes.slice(firstFrom(notes, region.startTick), firstFrom(notes, region.endTick));
    const isDone = own.length === 0 || own.every(({ id }) => store.selected.value.has(id));
    select(store, isDone ? notes : own);
  } else select(store, notes);
}

export function removeSelected(store: Store): void {
  perform(store, removeNotes(store.song.value, store.selected.value));
}

export function nudge(store: Store, steps: number, pitches: number): void {
  const state = editorState(store);
  const [first] = state.selectedNotes.value;
  if (first === undefined) {
    // Nothing to move: the arrows find a note.
    if (steps !== 0) selectNext(store, steps > 0 ? 1 : -1);
    return;
  }
  const snap = state.snap.value;
  const target =
    steps > 0
      ? snap.next(first.startTick)
      : steps < 0
        ? snap.down(Math.max(0, first.startTick - 1))
        : first.startTick;
  perform(store, moveNotes(store.song.value, store.selected.value, target - first.startTick, pitches));
  const notes = state.selectedNotes.value;
  if (pitches !== 0) previewNotes(store, notes);
  reveal(store, notes);
}

/** Sound a note as it is now, or the lowest of several. */
export function previewNotes(store: Store, notes: readonly PageNote[]): void {
  const [first] = notes;
  const trackId = store.activeTrackId.value;
  if (first !== undefined && trackId !== undefined) store.sound.preview(trackId, first.pitch, first.velocity);
}

export function duplicateSelected(store: Store): void {
  const state = editorState(store);
  perform(store, duplicateNotes(store.song.value, store.selected.value, state.snapBy("beat")));
  reveal(store, state.selectedNotes.value);
}

export function copySelected(store: Store): void {
  if (!hasSelection(store)) return;
  const state = editorState(store);
  state.clip.value = clipOf(store.song.value, store.selected.value, state.snapBy("beat"));
  const { length } = state.clip.value.notes;
  say(store, `${length} ${length === 1 ? "note" : "notes"} copied; paste puts them at the cursor`);
}

export function cutSelected(store: Store): void {
  copySelected(store);
  perform(store, removeNotes(store.song.value, store.selected.value, "Cut"));
}

export function paste(store: Store): void {
  const state = editorState(store);
  const [clip, trackId] = [state.clip.value, store.activeTrackId.value];
  if (clip === undefined || trackId === undefined) return;
  perform(store, pasteClip(store.song.value, trackId, clip, store.cursorTick.value));
  reveal(store, state.selectedNotes.value);
}

export function quantizeSelected(store: Store): void {
  perform(store, quantizeNotes(store.song.value, store.selected.value, editorState(store).snap.value));
}

export function changeVelocity(store: Store, by: number): void {
  const notes = editorState(store).selectedNotes.value;
  perform(
    store,
    setVelocities(store.song.value, new Map(notes.map(({ id, velocity }) => [id, velocity + by]))),
  );
  previewNotes(store, editorState(store).selectedNotes.value);
}

/** Ends moved by grid steps. */
export function lengthen(store: Store, steps: 1 | -1): void {
  const state = editorState(store);
  const [first] = state.selectedNotes.value;
  if (first === undefined) return;
  const snap = state.snap.value;
  const end = first.startTick + first.durationTicks;
  const target = steps > 0 ? snap.next(end) : snap.down(end - 1);
  perform(store, resizeNotes(store.song.value, store.selected.value, "end", target - end));
}

/** A note of one grid step at the cursor, which then goes on: a line of notes by keys alone. */
export function insertNote(store: Store): void {
  const state = editorState(store);
  const track = state.activeTrack.value;
  if (track === undefined) return;
  const snap = state.snapBy(state.grid.value === "off" ? "1/16" : state.grid.value);
  const startTick = snap.down(store.cursorTick.value);
  const endTick = snap.next(startTick);
  const before =
    state.selectedNotes.value[0] ?? track.notes[Math.max(0, firstFrom(track.notes, startTick) - 1)];
  const pitch = before?.pitch ?? 60;
  const note = {
    startTick,
    durationTicks: endTick - startTick,
    pitch,
    velocity: 90,
    channel: channelOf(track),
  };
  perform(store, drawNote(store.song.value, track.id, note));
  store.cursorTick.value = endTick;
  previewNotes(store, state.selectedNotes.value);
  reveal(store, state.selectedNotes.value);
}

/** Lock all of the notes, or free them where all are locked. */
export function toggleLock(store: Store, notes: readonly PageNote[]): void {
  if (notes.length === 0) return;
  const locked = new Set(store.locked.value);
  const isFreeing = notes.every(({ id }) => locked.has(id));
  for (const { id } of notes) {
    if (isFreeing) locked.delete(id);
    else locked.add(id);
  }
  store.locked.value = locked;
  const what = notes.length === 1 ? "Note" : `${notes.length} notes`;
  say(store, isFreeing ? `${what} unlocked` : `${what} locked: a fill keeps what is locked`);
}

/** The note before or after in the active track: from the one that is selected, else from the cursor. */
export function selectNext(store: Store, by: 1 | -1): void {
  const state = editorState(store);
  const notes = state.activeTrack.value?.notes ?? [];
  const selected = state.selectedNotes.value;
  const from = by > 0 ? selected.at(-1) : selected[0];
  const at = from === undefined ? -1 : notes.findIndex(({ id }) => id === from.id);
  const first = firstFrom(notes, store.cursorTick.value);
  const next = notes[at < 0 ? (by > 0 ? first : first - 1) : at + by];
  if (next === undefined) return;
  select(store, [next]);
  previewNotes(store, [next]);
  reveal(store, [next]);
}

/** Where it plays from, and pasted notes go. */
export function moveCursor(store: Store, by: 1 | -1): void {
  const state = editorState(store);
  const beats = state.snapBy("beat");
  const from = store.cursorTick.value;
  const tick = by > 0 ? beats.next(from) : beats.down(Math.max(0, from - 1));
  store.cursorTick.value = tick;
  say(store, `Cursor at ${beatName(tick, store.bars.value)}`);
  const view = store.view.value;
  const { width } = state.bodySize.value;
  const x = xOfTick(view, tick);
  if (x < 0 || x > width) setView(store, { ...view, startTick: tick - 0.1 * width * view.ticksPerPixel });
}

/** Most of a window along the song. */
export function turnPage(store: Store, by: 1 | -1): void {
  setView(store, scrolled(store.view.value, by * 0.85 * editorState(store).bodySize.value.width, 0));
}

export function setView(store: Store, view: View): void {
  const state = editorState(store);
  store.view.value = clampView(view, state.bodySize.value, state.extent.value);
}

/** Draw time apart around the middle of the window, or what is selected. */
export function zoom(store: Store, { time = 1, pitch = 1 }: { time?: number; pitch?: number }): void {
  const { width, height } = editorState(store).bodySize.value;
  setView(store, zoomed(store.view.value, { time, pitch, x: width / 2, y: height / 2 }));
}

/** The whole song in the window. */
export function fitSong(store: Store): void {
  const state = editorState(store);
  const { endTick, ppq } = state.extent.value;
  const [lowest, highest] = pitchesOf(state);
  const shown = {
    startTick: 0,
    endTick: Math.max(endTick * 1.01, ticksFromQuarters(LEAST_QUARTERS, ppq)),
    lowest,
    highest,
  };
  setView(store, viewOf(shown, state.bodySize.value));
}

/** A song as it is first shown: some bars from the cursor or with the region, with all of the track's pitches. */
export function showStart(store: Store): void {
  const state = editorState(store);
  const bars = store.bars.value;
  const region = store.region.value;
  const bar = bars.barAtTick(region?.startTick ?? 0);
  const first = region === undefined ? bar : Math.max(0, bar - 3);
  const last = region === undefined ? first + FIRST_BARS : bars.barAtTick(region.endTick) + 3;
  const [lowest, highest] = pitchesOf(state);
  const [startTick, endTick] = [bars.startTick(first), bars.startTick(last)];
  setView(store, viewOf({ startTick, endTick, lowest, highest }, state.bodySize.value));
}

/** Scroll to notes that are out of sight. */
export function reveal(store: Store, notes: readonly PageNote[]): void {
  const span = spanOf(notes);
  if (span !== undefined) setView(store, revealed(store.view.value, span, editorState(store).bodySize.value));
}

/** Show a track's pitches, as it becomes active, where none of its notes is in sight. */
export function revealTrack(store: Store): void {
  const state = editorState(store);
  const { view } = store;
  const [lowest, highest] = pitchesOf(state);
  const { height } = state.bodySize.value;
  const bottom = view.value.topPitch - height / view.value.pixelsPerPitch;
  if (lowest >= bottom - 1 && highest < view.value.topPitch + 1) return;
  const middle = (lowest + highest + 1) / 2;
  setView(store, { ...view.value, topPitch: middle + height / view.value.pixelsPerPitch / 2 });
}

/** What is selected, in words. */
export function selectionText(store: Store): string {
  const state = editorState(store);
  const { value: notes } = state.selectedNotes;
  return selectionInWords(
    notes,
    store.bars.value,
    store.song.value.ppq,
    state.activeTrack.value?.isDrums ?? false,
  );
}

function pitchesOf(state: EditorState): [lowest: number, highest: number] {
  const { lowest, highest } = spanOf(state.activeTrack.value?.notes ?? []) ?? { lowest: 48, highest: 84 };
  return [lowest, highest];
}
