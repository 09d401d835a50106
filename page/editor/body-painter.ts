/**
 * The notes' area: repainted when something in it changes; when only the window moves, the picture is moved and only
 * the new strip is painted.
 */
import { drawGrid, type GridLines } from "./draw-grid.ts";
import { drawNotes } from "./draw-notes.ts";
import type { Frame } from "./frame.ts";
import type { Rect } from "./layout.ts";
import { Raster } from "./raster.ts";

/** Windows that move by more than that share are repainted. */
const FARTHEST = 0.6;

export class BodyPainter {
  readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D;
  private readonly raster = new Raster();
  private last: { frame: Frame; lines: GridLines } | undefined;

  constructor() {
    const context = this.canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("the browser has no canvas; the piano roll needs one");
    this.context = context;
  }

  /** @param width,height  device pixels */
  paint(frame: Frame, lines: GridLines, width: number, height: number): void {
    const { canvas, last } = this;
    const isResized = canvas.width !== width || canvas.height !== height;
    if (isResized) [canvas.width, canvas.height] = [width, height];
    this.last = { frame, lines };
    if (width === 0 || height === 0) return;
    const isMoved =
      !isResized && last !== undefined && last.lines === lines && isSamePicture(last.frame, frame);
    if (!isMoved) {
      this.paintPart({ x: 0, y: 0, width, height });
      return;
    }
    const dx = frame.scale.left - last.frame.scale.left;
    const dy = frame.scale.top - last.frame.scale.top;
    if (dx === 0 && dy === 0) return;
    if (Math.abs(dx) > width * FARTHEST || Math.abs(dy) > height * FARTHEST) {
      this.paintPart({ x: 0, y: 0, width, height });
      return;
    }
    this.context.drawImage(canvas, -dx, -dy);
    if (dx !== 0) this.paintPart({ x: dx > 0 ? width - dx : 0, y: 0, width: Math.abs(dx), height });
    if (dy !== 0) this.paintPart({ x: 0, y: dy > 0 ? height - dy : 0, width, height: Math.abs(dy) });
  }

  private paintPart(part: Rect): void {
    const { context, last } = this;
    if (last === undefined) return;
    context.save();
    context.beginPath();
    context.rect(part.x, part.y, part.width, part.height);
    context.clip();
    drawGrid(context, last.frame, last.lines, part);
    drawNotes(context, this.raster, last.frame, part);
    context.restore();
  }
}

/** Whether two frames differ, in this area, by nothing but where the window is. */
function isSamePicture(a: Frame, b: Frame): boolean {
  return (
    a.song === b.song &&
    a.view.ticksPerPixel === b.view.ticksPerPixel &&
    a.view.pixelsPerPitch === b.view.pixelsPerPitch &&
    a.scale.pixelRatio === b.scale.pixelRatio &&
    a.theme === b.theme &&
    a.activeTrackId === b.activeTrackId &&
    a.settings === b.settings &&
    a.selected === b.selected &&
    a.locked === b.locked &&
    a.faded === b.faded &&
    a.draft?.hidden === b.draft?.hidden
  );
}
