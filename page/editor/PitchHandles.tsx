/**
 * Two handles at the keyboard: the lowest and the highest pitch of a fill. A double click frees both.
 */
import { pitchName } from "../../bridge/music/pitch.ts";
import type { Store } from "../state.ts";
import { drumName } from "./drum-names.ts";
import { editorState } from "./editor-state.ts";
import { pitchOfY, yOfPitch } from "./viewport.ts";

const [LOWEST, HIGHEST] = [0, 127];
type Side = "lowest" | "highest";

export function PitchHandles({ store }: { store: Store }) {
  if (store.region.value === undefined) return null;
  return (
    <>
      <Handle store={store} side="highest" />
      <Handle store={store} side="lowest" />
    </>
  );
}

function Handle({ store, side }: { store: Store; side: Side }) {
  const state = editorState(store);
  const range = store.pitchRange.value;
  const [lowest, highest] = range ?? [LOWEST, HIGHEST];
  const pitch = side === "lowest" ? lowest : highest;
  const { body } = state.layout.value;
  const edge = yOfPitch(store.view.value, side === "lowest" ? pitch - 1 : pitch);
  const y = Math.max(0, Math.min(body.height, edge));
  const isDrums = state.activeTrack.value?.isDrums ?? false;
  const name = isDrums ? drumName(pitch) : pitchName(pitch);
  const isFree = range === undefined || pitch === (side === "lowest" ? LOWEST : HIGHEST);
  const label = side === "lowest" ? "Lowest pitch of a fill" : "Highest pitch of a fill";
  return (
    <div
      class={`roll-handle roll-handle-${side}`}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={LOWEST}
      aria-valuemax={HIGHEST}
      aria-valuenow={pitch}
      aria-valuetext={isFree ? "free" : name}
      title={`${label}: ${isFree ? "drag to set" : `${name}; double click frees`}`}
      data-free={isFree}
      style={{
        transform: `translate(${body.x}px, ${Math.round(body.y + y)}px) translate(-100%, ${side === "lowest" ? "-100%" : "0"})`,
      }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const area = event.currentTarget.parentElement;
        if (event.buttons === 0 || area === null) return;
        const at = pitchOfY(store.view.value, event.clientY - area.getBoundingClientRect().top - body.y);
        setEdge(store, side, side === "lowest" ? Math.round(at) : Math.round(at) - 1);
      }}
      onDblClick={() => {
        store.pitchRange.value = undefined;
      }}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (step === undefined && event.key !== "Delete" && event.key !== "Backspace") return;
        event.preventDefault();
        event.stopPropagation();
        if (step === undefined) store.pitchRange.value = undefined;
        else setEdge(store, side, (isFree ? shownEdge(store, side) : pitch) + step);
      }}
    >
      <span>{isFree ? (side === "lowest" ? "low" : "high") : name}</span>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 12,
  PageDown: -12,
};

/** Where a free handle is seen: keys begin to move it from there. */
function shownEdge(store: Store, side: Side): number {
  const view = store.view.value;
  const { height } = editorState(store).bodySize.value;
  return side === "highest" ? Math.ceil(view.topPitch) - 1 : Math.floor(pitchOfY(view, height));
}

function setEdge(store: Store, side: Side, pitch: number): void {
  const [lowest, highest] = store.pitchRange.value ?? [LOWEST, HIGHEST];
  const kept = Math.min(HIGHEST, Math.max(LOWEST, pitch));
  const next: [number, number] =
    side === "lowest" ? [Math.min(kept, highest), highest] : [lowest, Math.max(kept, lowest)];
  store.pitchRange.value = next[0] === LOWEST && next[1] === HIGHEST ? undefined : next;
}
