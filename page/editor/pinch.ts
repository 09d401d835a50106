/**
 * Two fingers: pinching zooms in time or pitch, by their direction, and the song moves with their centre.
 */
import { setView } from "./actions.ts";
import type { EditorState } from "./editor-state.ts";
import { scrolled, zoomed } from "./viewport.ts";

interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Fingers nearer than that, in CSS pixels, say nothing of a direction. */
const NEAREST = 24;

export class Pinch {
  private readonly state: EditorState;
  private readonly area: HTMLElement;
  private readonly fingers = new Map<number, Finger>();

  constructor(state: EditorState, area: HTMLElement) {
    this.state = state;
    this.area = area;
  }

  /** @returns whether another finger is down: what that one began is given up, and both pinch */
  down({ pointerId, clientX, clientY }: PointerEvent): boolean {
    this.fingers.set(pointerId, { x: clientX, y: clientY });
    return this.fingers.size >= 2;
  }

  /** @returns whether two fingers are down */
  move({ pointerId, clientX, clientY }: PointerEvent): boolean {
    if (this.fingers.size < 2 || !this.fingers.has(pointerId)) return false;
    const before = this.span();
    this.fingers.set(pointerId, { x: clientX, y: clientY });
    const after = this.span();
    if (before === undefined || after === undefined) return true;
    const { left, top } = this.area.getBoundingClientRect();
    const { body } = this.state.layout.value;
    const isFlat = before.width >= before.height;
    const factor = isFlat
      ? Math.max(NEAREST, after.width) / Math.max(NEAREST, before.width)
      : Math.max(NEAREST, after.height) / Math.max(NEAREST, before.height);
    const moved = scrolled(this.state.store.view.value, before.x - after.x, before.y - after.y);
    const [x, y] = [after.x - left - body.x, after.y - top - body.y];
    setView(this.state.store, zoomed(moved, { [isFlat ? "time" : "pitch"]: factor, x, y }));
    return true;
  }

  up(pointerId: number): void {
    this.fingers.delete(pointerId);
  }

  private span(): { x: number; y: number; width: number; height: number } | undefined {
    const [a, b] = this.fingers.values();
    if (a === undefined || b === undefined) return undefined;
    return {
      x: (a.x + b.x) / 2,
      y: (a.y + b.y) / 2,
      width: Math.abs(a.x - b.x),
      height: Math.abs(a.y - b.y),
    };
  }
}
