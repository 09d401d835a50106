/**
 * Presses beside the notes: keys, velocities, the overview, the scrollbar at the right, and the hand that moves the
 * window.
 */
import type { Tick } from "../../../bridge/music/time.ts";
import type { NoteId, PageNote } from "../../document/song.ts";
import { perform, select, setView } from "../actions.ts";
import { overviewTicks } from "../draw-overview.ts";
import { velocityOfHeight } from "../draw-velocity.ts";
import type { EditorState } from "../editor-state.ts";
import { setVelocities } from "../edits.ts";
import { indexOf } from "../note-index.ts";
import { scrolled, tickOfX, xOfTick } from "../viewport.ts";
import type { Drag, Pointed } from "./drag.ts";

const VELOCITY_REACH = 9;
const KEY_VELOCITY = 90;

/** Each key over which the pointer goes sounds. */
export function keysDrag(state: EditorState, from: Pointed): Drag {
  const press = (at: Pointed) => {
    const pitch = Math.min(127, Math.max(0, Math.floor(at.pitch)));
    const trackId = state.store.activeTrackId.value;
    if (pitch === state.heldPitch.value || trackId === undefined) return;
    state.heldPitch.value = pitch;
    state.store.sound.preview(trackId, pitch, KEY_VELOCITY);
  };
  press(from);
  return {
    move: press,
    clear() {
      state.heldPitch.value = undefined;
    },
  };
}

/** The note of the active track whose stem is nearest, a selected one before others. */
export function stemAt(state: EditorState, x: number): PageNote | undefined {
  const { store } = state;
  const view = store.view.value;
  const notes = indexOf(state.activeTrack.value?.notes ?? []).sounding(
    tickOfX(view, x - VELOCITY_REACH),
    tickOfX(view, x + VELOCITY_REACH),
  );
  let [found, least]: [PageNote | undefined, number] = [undefined, VELOCITY_REACH];
  for (const note of notes) {
    const far = Math.abs(xOfTick(view, note.startTick) - x) - (store.selected.value.has(note.id) ? 4 : 0);
    if (far < least) [found, least] = [note, far];
  }
  return found;
}

/** Heights are dragged: those of all selected notes together. */
export function velocityDrag(state: EditorState, from: Pointed): Drag | undefined {
  const { store } = state;
  const held = stemAt(state, from.x);
  if (held === undefined) return undefined;
  if (!store.selected.value.has(held.id)) select(store, [held]);
  const notes = state.selectedNotes.value;
  const { velocity: lane } = state.layout.value;
  const at = ({ areaY }: Pointed): ReadonlyMap<NoteId, number> => {
    const by = velocityOfHeight(lane.y + lane.height - areaY, lane.height) - held.velocity;
    return new Map(notes.map(({ id, velocity }) => [id, Math.min(127, Math.max(1, velocity + by))]));
  };
  const show = (where: Pointed) => {
    state.velocities.value = at(where);
    state.say(`Velocity ${state.velocities.value.get(held.id)}`);
  };
  show(from);
  return {
    move: show,
    end: (where) => perform(store, setVelocities(store.song.value, at(where))),
    clear() {
      state.velocities.value = new Map();
      state.say("");
    },
  };
}

/** The window's middle goes where the pointer is in the whole song. */
export function overviewDrag(state: EditorState, from: Pointed): Drag {
  const { endTick, ppq } = state.extent.value;
  const { overview } = state.layout.value;
  const view = () => state.store.view.value;
  const tickAt = (at: Pointed): Tick => (at.x / Math.max(1, overview.width)) * overviewTicks(endTick, ppq);
  const windowTicks = overview.width * view().ticksPerPixel;
  const offset = tickAt(from) - view().startTick;
  const held = offset >= 0 && offset <= windowTicks ? offset : windowTicks / 2;
  const go = (at: Pointed) => setView(state.store, { ...view(), startTick: tickAt(at) - held });
  go(from);
  return { move: go };
}

export function scrollbarDrag(state: EditorState, from: Pointed): Drag {
  const { store } = state;
  const { body } = state.layout.value;
  const topPitch = store.view.value.topPitch;
  return {
    move(at) {
      const pitches = ((at.y - from.y) / Math.max(1, body.height)) * 128;
      setView(store, { ...store.view.value, topPitch: topPitch - pitches });
    },
  };
}

/** The song is held and moved. */
export function panDrag(state: EditorState, from: Pointed): Drag {
  let last = from;
  return {
    move(at) {
      setView(state.store, scrolled(state.store.view.value, last.areaX - at.areaX, last.areaY - at.areaY));
      last = at;
    },
  };
}
