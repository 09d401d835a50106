/**
 * How long each frame of the editor takes to paint, as measures of the browser's own timeline named "roll-frame", for
 * tools that measures the page from outside.
 */
const NAME = "roll-frame";
/** The browser keeps measures for ever; older ones than so many go. */
const MOST = 3000;

let count = 0;

/** Paint a frame, and put down when and how long. */
export function timed(paint: () => void): void {
  const start = performance.now();
  paint();
  count += 1;
  if (count % MOST === 0) performance.clearMeasures(NAME);
  performance.measure(NAME, { start, end: performance.now() });
}
