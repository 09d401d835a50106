/**
 * The piano roll: its tools, its canvases, and what lies over them as elements.
 */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Store } from "../state.ts";
import { revealTrack, setView, showStart } from "./actions.ts";
import { ChordLane } from "./ChordLane.tsx";
import { type EditorState, editorState } from "./editor-state.ts";
import { PitchHandles } from "./PitchHandles.tsx";
import { Painter } from "./painter.ts";
import { followPlay } from "./play-cursor.ts";
import { PointerInput } from "./pointer.ts";
import { RegionBar } from "./RegionBar.tsx";
import { Toolbar } from "./Toolbar.tsx";
import { watchTheme } from "./theme.ts";
import { onWheel } from "./wheel.ts";

export function EditorView({ store }: { store: Store }) {
  const state = editorState(store);
  const area = useRef<HTMLDivElement>(null);
  const canvases = useRef<HTMLDivElement>(null);
  const play = useRef<HTMLDivElement>(null);
  const rollId = store.roll.value?.rollId;
  const trackId = store.activeTrackId.value;
  const width = state.area.value.width;

  useEffect(() => {
    if (area.current === null || canvases.current === null || play.current === null) return;
    return startEditor(state, area.current, canvases.current, play.current);
  }, [state]);
  // A song is shown as it was last looked at, else from its start, or from the region that a host asks for, once there
  // is room for it.
  const shown = useRef<{ rollId: string; trackId: string | undefined }>();
  useEffect(() => {
    if (rollId === undefined || width === 0 || shown.current?.rollId === rollId) return;
    shown.current = { rollId, trackId };
    if (store.keptView === undefined) showStart(store);
    else setView(store, store.keptView);
  }, [store, rollId, width, trackId]);
  useEffect(() => {
    if (shown.current === undefined || shown.current.trackId === trackId) return;
    shown.current = { ...shown.current, trackId };
    if (trackId !== undefined) revealTrack(store);
  }, [store, trackId]);

  return (
    <section class="roll" aria-label="Piano roll">
      <Toolbar store={store} />
      <div
        class="roll-area"
        ref={area}
        role="application"
        aria-label="Notes. Arrows move what is selected; with Alt they go from note to note. Question mark shows all keys."
        aria-describedby="roll-status"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is drawn here is worked on by keys
        tabIndex={0}
      >
        <div class="roll-canvases" ref={canvases} aria-hidden="true" />
        <div class="roll-play" ref={play} hidden={true} aria-hidden="true" />
        {state.layout.value.velocity.height > 0 && <span class="roll-corner quiet">Velocity</span>}
        <ChordLane store={store} />
        <RegionBar store={store} />
        <PitchHandles store={store} />
      </div>
    </section>
  );
}

/** Paint, and listen to the pointer. @returns how to stop */
function startEditor(
  state: EditorState,
  area: HTMLElement,
  canvases: HTMLElement,
  play: HTMLElement,
): () => void {
  const { theme, stop: stopTheme } = watchTheme(area);
  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    const { width, height } = entry.contentRect;
    state.area.value = { width: Math.floor(width), height: Math.floor(height) };
    setView(state.store, state.store.view.value);
  });
  observer.observe(area);
  const painter = new Painter(state.store, state, theme, canvases);
  const stopPointer = new PointerInput(state, area).start();
  const stopPlay = followPlay(state, play);
  const wheel = (event: WheelEvent) => onWheel(state, area, event);
  area.addEventListener("wheel", wheel, { passive: false });
  const stopTelling = effect(() => tellView(state, area));
  const repaint = () => painter.schedule();
  addEventListener("resize", repaint);
  return () => {
    removeEventListener("resize", repaint);
    area.removeEventListener("wheel", wheel);
    stopPlay();
    stopPointer();
    painter.stop();
    observer.disconnect();
    stopTheme();
    stopTelling();
    canvases.replaceChildren();
  };
}

/** Canvas drawings have no elements; tests use these to find where a note or a bar is. */
function tellView({ store, layout }: EditorState, area: HTMLElement): void {
  const { startTick, ticksPerPixel, topPitch, pixelsPerPitch } = store.view.value;
  const { body } = layout.value;
  Object.assign(area.dataset, {
    startTick,
    ticksPerPixel,
    topPitch,
    pixelsPerPitch,
    left: body.x,
    top: body.y,
  });
}
