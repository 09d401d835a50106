/**
 * Paints the editor: one frame for all signals that changed since the last one, and only the parts of it that depend
 * on them.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Store } from "../state.ts";
import { BodyPainter } from "./body-painter.ts";
import { barStep, CLOSEST_BARS, type GridLines } from "./draw-grid.ts";
import { drawKeys } from "./draw-keys.ts";
import { drawOverlay } from "./draw-overlay.ts";
import { OverviewPainter } from "./draw-overview.ts";
import { drawRuler } from "./draw-ruler.ts";
import { drawVelocity } from "./draw-velocity.ts";
import type { EditorState } from "./editor-state.ts";
import { type Frame, readFrame } from "./frame.ts";
import { timed } from "./frame-times.ts";
import { Layer, placeCanvas } from "./layer.ts";
import type { Rect } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** One breath of the last note while more come. */
const SHIMMER_MS = 1400;

export class Painter {
  private readonly store: Store;
  private readonly state: EditorState;
  private readonly theme: ReadonlySignal<Theme>;
  private readonly body = new BodyPainter();
  private readonly overview = new OverviewPainter();
  private readonly layers = {
    overview: new Layer(),
    ruler: new Layer(),
    keys: new Layer(),
    velocity: new Layer(),
    scrollbar: new Layer(),
    over: new Layer(),
  };
  private readonly shown = new Map<string, readonly unknown[]>();
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly stopEffect: () => void;
  private lines: GridLines | undefined;
  private request = 0;

  constructor(store: Store, state: EditorState, theme: ReadonlySignal<Theme>, into: HTMLElement) {
    this.store = store;
    this.state = state;
    this.theme = theme;
    into.append(this.body.canvas, ...Object.values(this.layers).map(({ canvas }) => canvas));
    // Whatever the frame reads makes the next one due.
    this.stopEffect = effect(() => {
      this.read();
      this.schedule();
    });
  }

  stop(): void {
    this.stopEffect();
    cancelAnimationFrame(this.request);
  }

  /** Paint at the next frame. */
  schedule(): void {
    if (this.request !== 0) return;
    this.request = requestAnimationFrame((now) => {
      this.request = 0;
      timed(() => this.paint(now));
    });
  }

  private read() {
    const { store, state } = this;
    return {
      frame: readFrame(store, state, this.theme),
      bars: store.bars.value,
      snap: state.snap.value,
      grid: state.grid.value,
      region: state.shownRegion.value,
      range: store.pitchRange.value,
      cursorTick: store.cursorTick.value,
      endTick: state.extent.value.endTick,
      box: state.box.value,
      lasso: state.lasso.value,
      heldPitch: state.heldPitch.value,
      hoverPitch: state.hoverPitch.value,
      hoverBar: state.hoverBar.value,
    };
  }

  private paint(now: number): void {
    const seen = this.read();
    const { frame, bars, snap, grid, region, range, endTick } = seen;
    const { layout, scale, view, theme, song } = frame;
    const step = barStep(bars, frame, CLOSEST_BARS);
    const same = this.lines;
    if (same?.bars !== bars || same.snap !== snap || same.step !== step) {
      this.lines = { bars, snap, grid, step };
    }
    const size = (rect: Rect): [number, number] => [
      Math.round(rect.width * scale.pixelRatio),
      Math.round(rect.height * scale.pixelRatio),
    ];
    const track = [song, theme, frame.activeTrackId, frame.settings, layout, scale.pixelRatio];
    const time = [scale.left, view.ticksPerPixel];
    const pitch = [scale.top, view.pixelsPerPitch];

    placeCanvas(this.body.canvas, layout.body);
    if (this.lines !== undefined) this.body.paint(frame, this.lines, ...size(layout.body));
    const { hoverBar, cursorTick } = seen;
    const ruled = [...track, ...time, bars, region, hoverBar, cursorTick];
    this.part("ruler", ruled, frame, (context, width, height) =>
      drawRuler(context, frame, { bars, region, hoverBar, cursorTick }, width, height),
    );
    this.part(
      "velocity",
      [...track, ...time, frame.selected, frame.faded, frame.velocities, frame.ghosts],
      frame,
      (context, width, height) => drawVelocity(context, frame, width, height),
    );
    const isDrums = this.state.activeTrack.value?.isDrums ?? false;
    const { heldPitch, hoverPitch } = seen;
    const keyRange = region === undefined ? undefined : range;
    this.part(
      "keys",
      [...track, ...pitch, heldPitch, hoverPitch, keyRange],
      frame,
      (context, width, height) =>
        drawKeys(context, frame, { isDrums, heldPitch, hoverPitch, range: keyRange }, width, height),
    );
    const windowTicks = layout.body.width * view.ticksPerPixel;
    this.part("overview", [...track, ...time, region], frame, (context, width, height) =>
      this.overview.draw(context, frame, { endTick, region, windowTicks }, width, height),
    );
    this.part("scrollbar", [theme, layout, ...pitch], frame, (context, width, height) =>
      drawScrollbar(context, frame, width, height),
    );
    const isGrowing = frame.ghosts?.isGrowing === true && !this.calm.matches;
    const shimmer = isGrowing ? (now % SHIMMER_MS) / SHIMMER_MS : undefined;
    const over = { ...seen, shimmer };
    const needs = [...track, ...time, ...pitch, region, range, seen.cursorTick, seen.box, seen.lasso];
    this.part("over", [...needs, frame.ghosts, frame.draft, shimmer], frame, (context, width, height) =>
      drawOverlay(context, frame, over, width, height),
    );
    if (isGrowing) this.schedule();
  }

  /** Paint one layer, unless what it shows is what it showed. */
  private part(
    name: keyof Painter["layers"],
    needs: readonly unknown[],
    { layout, scale }: Frame,
    draw: (context: CanvasRenderingContext2D, width: number, height: number) => void,
  ): void {
    const last = this.shown.get(name);
    if (last !== undefined && needs.every((need, at) => need === last[at])) return;
    this.shown.set(name, needs);
    const rect = layout[name === "over" ? "body" : name];
    const layer = this.layers[name];
    placeCanvas(layer.canvas, rect);
    const width = Math.round(rect.width * scale.pixelRatio);
    const height = Math.round(rect.height * scale.pixelRatio);
    if (width === 0 || height === 0) return;
    draw(layer.begin(width, height), width, height);
  }
}

function drawScrollbar(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
  const { theme, view, layout, scale } = frame;
  const ratio = scale.pixelRatio;
  const { red, green, blue } = theme.edge;
  const top = ((128 - view.topPitch) / 128) * height;
  const length = (layout.body.height / view.pixelsPerPitch / 128) * height;
  context.fillStyle = `rgb(${red} ${green} ${blue} / 0.55)`;
  context.beginPath();
  context.roundRect(
    3 * ratio,
    top + 2 * ratio,
    width - 6 * ratio,
    Math.max(16 * ratio, length - 4 * ratio),
    3 * ratio,
  );
  context.fill();
}
