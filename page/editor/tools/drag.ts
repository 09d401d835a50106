/**
 * A press of the pointer until its release, as the tools see it.
 */
import type { Tick } from "../../../bridge/music/time.ts";
import type { EditorState } from "../editor-state.ts";
import { pitchOfY, tickOfX } from "../viewport.ts";

/** Where the pointer is, and what is held down beside it. */
export interface Pointed {
  /** CSS pixels of the whole area. */
  readonly areaX: number;
  readonly areaY: number;
  /** CSS pixels of the notes' area, also outside of it. */
  readonly x: number;
  readonly y: number;
  /** With fractions. */
  readonly tick: Tick;
  readonly pitch: number;
  readonly isShift: boolean;
  readonly isAlt: boolean;
  /** Ctrl, on a Mac Command. */
  readonly isMod: boolean;
  readonly isTouch: boolean;
  /** How many presses in a row this is: 2 of a double click. */
  readonly clicks: number;
}

export interface Drag {
  move?(at: Pointed): void;
  /** Let go. @param isClick  it was not moved */
  end?(at: Pointed, isClick: boolean): void;
  /** Given up: nothing is done. Called after `end` too, so that nothing stays drawn. */
  clear?(): void;
}

/** A place of a pointer's event in the editor. */
export function pointedAt(
  state: EditorState,
  origin: { left: number; top: number },
  event: MouseEvent,
  clicks: number,
): Pointed {
  const [areaX, areaY] = [event.clientX - origin.left, event.clientY - origin.top];
  const { body } = state.layout.value;
  const [x, y] = [areaX - body.x, areaY - body.y];
  const view = state.store.view.value;
  return {
    areaX,
    areaY,
    x,
    y,
    tick: tickOfX(view, x),
    pitch: pitchOfY(view, y),
    isShift: event.shiftKey,
    isAlt: event.altKey,
    isMod: event.ctrlKey || event.metaKey,
    isTouch: event instanceof PointerEvent && event.pointerType === "touch",
    clicks,
  };
}
