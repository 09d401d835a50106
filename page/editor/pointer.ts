/**
 * The pointer over the editor: which part is pressed, which drag that starts, and its course until release. One
 * finger scrolls, or draws with pencil and lasso; two fingers zoom.
 */
import { setView } from "./actions.ts";
import type { EditorState } from "./editor-state.ts";
import { zoneAt } from "./layout.ts";
import { Pinch } from "./pinch.ts";
import { keysDrag, overviewDrag, panDrag, scrollbarDrag, stemAt, velocityDrag } from "./tools/beside.ts";
import { type Drag, type Pointed, pointedAt } from "./tools/drag.ts";
import { notesDrag, removeAt } from "./tools/notes.ts";
import { regionEdgeAt, rulerDrag } from "./tools/ruler.ts";
import { ghostAt, hitAt } from "./tools/under-pointer.ts";
import { scrolled } from "./viewport.ts";

/** Moved by less, in CSS pixels, a press is a click. */
const CLICK_REACH = 4;
const TOUCH_REACH = 9;
const DOUBLE_CLICK_MS = 400;
/** Over the notes, edges of the region are taken from no farther. */
const BODY_EDGE = 4;
/** How fast the window follows a drag beyond its edge: pixels a frame for each pixel beyond. */
const FOLLOW = 0.2;

interface Press {
  readonly drag: Drag;
  readonly from: Pointed;
  readonly pointerId: number;
  /** The window follows beyond its edges. */
  readonly isFollowed: boolean;
  isMoved: boolean;
  last: PointerEvent;
}

export class PointerInput {
  private readonly state: EditorState;
  private readonly area: HTMLElement;
  private readonly pinch: Pinch;
  private press: Press | undefined;
  private lastDown = { time: 0, x: 0, y: 0, clicks: 0 };
  private isSpaceHeld = false;
  private following = 0;

  constructor(state: EditorState, area: HTMLElement) {
    this.state = state;
    this.area = area;
    this.pinch = new Pinch(state, area);
  }

  /** Listen. @returns how to stop */
  start(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    const { area } = this;
    area.addEventListener("pointerdown", (event) => this.down(event), { signal });
    area.addEventListener("pointermove", (event) => this.move(event), { signal });
    area.addEventListener("pointerup", (event) => this.up(event), { signal });
    area.addEventListener("pointercancel", (event) => this.giveUp(event.pointerId), { signal });
    area.addEventListener("pointerleave", () => this.leave(), { signal });
    // The middle button would scroll the page.
    const middle = (event: MouseEvent) => event.button === 1 && event.preventDefault();
    area.addEventListener("mousedown", middle, { signal });
    // A drag is over when the finger is lifted: else the browser goes on with it, and takes the next tap for its end.
    area.addEventListener("touchmove", (event) => event.preventDefault(), { signal, passive: false });
    area.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    const key = (event: KeyboardEvent) => {
      if (event.code === "Space" && !isTyped(event.target)) this.space(event);
      if (event.key !== "Escape" || event.type !== "keydown" || this.press === undefined) return;
      event.stopPropagation();
      this.giveUp(this.press.pointerId);
    };
    addEventListener("keydown", key, { signal, capture: true });
    addEventListener("keyup", key, { signal, capture: true });
    return () => {
      cancelAnimationFrame(this.following);
      stop.abort();
    };
  }

  /** Held down, Space is a hand for the song: it begins to play but once, and not at all where the song is moved. */
  private space(event: KeyboardEvent): void {
    this.isSpaceHeld = event.type === "keydown";
    if (event.repeat) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  private spacePan(from: Pointed): Drag {
    dispatchEvent(new CustomEvent("continuo-command", { detail: "play" }));
    return panDrag(this.state, from);
  }

  private pointed(event: MouseEvent, clicks = 1): Pointed {
    return pointedAt(this.state, this.area.getBoundingClientRect(), event, clicks);
  }

  private down(event: PointerEvent): void {
    if (event.pointerType === "touch" && this.pinch.down(event)) {
      // The first finger stays down: it takes part in the pinch.
      if (this.press !== undefined) this.endPress(this.press.pointerId);
      return;
    }
    if (this.press !== undefined) return;
    const from = this.pointed(event, this.countClicks(event));
    const begun = this.begin(event, from);
    if (begun === undefined) return;
    this.area.setPointerCapture(event.pointerId);
    this.press = { ...begun, from, pointerId: event.pointerId, isMoved: false, last: event };
  }

  private begin(event: PointerEvent, from: Pointed): Pick<Press, "drag" | "isFollowed"> | undefined {
    const { state } = this;
    const zone = zoneAt(state.layout.value, from.areaX, from.areaY);
    const still = (drag: Drag | undefined) => drag && { drag, isFollowed: false };
    if (event.button === 1) return still(panDrag(state, from));
    if (event.button === 0 && this.isSpaceHeld) return still(this.spacePan(from));
    if (event.button === 2) {
      return zone === "body" && state.store.tool.value === "draw" ? still(removeAt(state, from)) : undefined;
    }
    if (event.button !== 0) return undefined;
    if (zone === "overview") return still(overviewDrag(state, from));
    if (zone === "keys") return still(keysDrag(state, from));
    if (zone === "scrollbar") return still(scrollbarDrag(state, from));
    if (zone === "velocity")
      return still(velocityDrag(state, from) ?? (from.isTouch ? panDrag(state, from) : undefined));
    if (zone === "ruler") return { drag: rulerDrag(state, from), isFollowed: true };
    if (zone !== "body") return undefined;
    // Who has chosen pencil or lasso draws with it; two fingers still move the song.
    const isPlain = state.store.tool.value === "select";
    if (from.isTouch && isPlain && !this.isHolding(from)) return still(this.touchDrag(from));
    const drag = this.isAtEdge(from) ? rulerDrag(state, from) : notesDrag(state, from);
    return drag && { drag, isFollowed: true };
  }

  /** Whether it is on an edge of the region, and on no note. */
  private isAtEdge(at: Pointed): boolean {
    const { state } = this;
    const isSelecting = state.store.tool.value === "select" && !at.isShift && at.clicks === 1;
    if (!isSelecting || regionEdgeAt(state, at.x, BODY_EDGE) === undefined) return false;
    return ghostAt(state, at) === undefined && hitAt(state, at) === undefined;
  }

  /** Whether a finger is on a note that is selected: that one is moved, and not the song. */
  private isHolding(from: Pointed): boolean {
    const hit = hitAt(this.state, from, true);
    return hit !== undefined && this.state.store.selected.value.has(hit.note.id);
  }

  private touchDrag(from: Pointed): Drag {
    const pan = panDrag(this.state, from);
    return {
      ...pan,
      end: (at, isClick) => {
        if (!isClick) return;
        const tap = notesDrag(this.state, from);
        tap?.end?.(at, true);
        tap?.clear?.();
      },
    };
  }

  private move(event: PointerEvent): void {
    if (this.pinch.move(event)) return;
    const { press } = this;
    if (press === undefined) this.hover(event);
    if (press === undefined || press.pointerId !== event.pointerId) return;
    const at = this.pointed(event);
    const reach = at.isTouch ? TOUCH_REACH : CLICK_REACH;
    if (!press.isMoved && Math.hypot(at.areaX - press.from.areaX, at.areaY - press.from.areaY) < reach)
      return;
    press.isMoved = true;
    press.last = event;
    press.drag.move?.(at);
    if (press.isFollowed && this.following === 0) this.follow();
  }

  /** Move the window while the pointer is held beyond its edge. */
  private follow(): void {
    const { press, state } = this;
    this.following = 0;
    if (press === undefined) return;
    const at = this.pointed(press.last);
    const { width, height } = state.bodySize.value;
    const isRuler = zoneAt(state.layout.value, press.from.areaX, press.from.areaY) === "ruler";
    const dx = beyond(at.x, width);
    const dy = isRuler ? 0 : beyond(at.y, height);
    if (dx === 0 && dy === 0) return;
    setView(state.store, scrolled(state.store.view.value, dx * FOLLOW, dy * FOLLOW));
    press.drag.move?.(this.pointed(press.last));
    this.following = requestAnimationFrame(() => this.follow());
  }

  private up(event: PointerEvent): void {
    this.pinch.up(event.pointerId);
    const { press } = this;
    if (press === undefined || press.pointerId !== event.pointerId) return;
    this.press = undefined;
    press.drag.end?.(this.pointed(event), !press.isMoved);
    press.drag.clear?.();
    this.hover(event);
  }

  private giveUp(pointerId: number): void {
    this.pinch.up(pointerId);
    this.endPress(pointerId);
  }

  /** Nothing is done. */
  private endPress(pointerId: number): void {
    const { press } = this;
    if (press === undefined || press.pointerId !== pointerId) return;
    this.press = undefined;
    press.drag.clear?.();
  }

  private countClicks(event: PointerEvent): number {
    const { time, x, y, clicks } = this.lastDown;
    const isSame =
      event.timeStamp - time < DOUBLE_CLICK_MS && Math.hypot(event.clientX - x, event.clientY - y) < 6;
    const count = isSame ? clicks + 1 : 1;
    this.lastDown = { time: event.timeStamp, x: event.clientX, y: event.clientY, clicks: count };
    return count;
  }

  private leave(): void {
    if (this.press !== undefined) return;
    this.state.hoverPitch.value = undefined;
    this.state.hoverBar.value = undefined;
  }

  /** The cursor says what a press would do. */
  private hover(event: PointerEvent): void {
    const { state } = this;
    if (event.pointerType === "touch") return;
    const at = this.pointed(event);
    const zone = zoneAt(state.layout.value, at.areaX, at.areaY);
    state.hoverPitch.value = zone === "body" || zone === "keys" ? Math.floor(at.pitch) : undefined;
    const { bars } = state.store;
    state.hoverBar.value = zone === "ruler" ? bars.value.barAtTick(Math.max(0, at.tick)) : undefined;
    this.area.style.cursor = this.cursorAt(zone, at);
  }

  private cursorAt(zone: string | undefined, at: Pointed): string {
    const { state } = this;
    if (this.isSpaceHeld) return "grab";
    if (zone === "ruler") return regionEdgeAt(state, at.x) === undefined ? "crosshair" : "ew-resize";
    if (zone === "velocity") return stemAt(state, at.x) === undefined ? "default" : "ns-resize";
    if (zone === "keys") return "pointer";
    if (zone === "overview") return "grab";
    if (zone !== "body") return "default";
    if (ghostAt(state, at) !== undefined) return "pointer";
    if (this.isAtEdge(at)) return "ew-resize";
    const tool = state.store.tool.value;
    const hit = hitAt(state, at, tool === "draw");
    if (hit === undefined) return tool === "select" ? "default" : "crosshair";
    return hit.part === "body" ? "move" : "ew-resize";
  }
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}

function beyond(at: number, length: number): number {
  return at < 0 ? at : at > length ? at - length : 0;
}
