/**
 * A canvas over one part of the editor, as large as that in device pixels.
 */
import type { Rect } from "./layout.ts";

export class Layer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;

  constructor(canvas = document.createElement("canvas")) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("the browser has no canvas; the piano roll needs one");
    this.canvas = canvas;
    this.context = context;
  }

  /** Its size in device pixels, empty. */
  begin(width: number, height: number): CanvasRenderingContext2D {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.context.clearRect(0, 0, width, height);
    return this.context;
  }
}

/** Put a canvas where its part is. */
export function placeCanvas(canvas: HTMLCanvasElement, { x, y, width, height }: Rect): void {
  const { style } = canvas;
  style.left = `${x}px`;
  style.top = `${y}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
