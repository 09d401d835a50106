/**
 * Paints the velocities of the active track: a stem for each note, or the loudest in each pixel where they are close.
 */
import { ofTrack } from "../document/song.ts";
import { css, mix } from "./colour.ts";
import { type Frame, shownTracks } from "./frame.ts";
import { indexOf } from "./note-index.ts";
import { noteColours } from "./theme.ts";

type Context = CanvasRenderingContext2D;

/** Above the loudest, in CSS pixels. */
const HEADROOM = 8;

/** How far above the floor a velocity reaches, as a share of the room. */
function heightOfVelocity(velocity: number, height: number): number {
  return (velocity / 127) * (height - HEADROOM);
}

/** The velocity at a height above the floor. */
export function velocityOfHeight(above: number, height: number): number {
  return Math.min(127, Math.max(1, Math.round((above / Math.max(1, height - HEADROOM)) * 127)));
}

/** @param width,height  device pixels */
export function drawVelocity(context: Context, frame: Frame, width: number, height: number): void {
  const { theme, scale } = frame;
  context.fillStyle = css(theme.panel);
  context.fillRect(0, 0, width, height);
  context.fillStyle = css(theme.line);
  context.fillRect(0, 0, width, 1);
  context.fillStyle = css(mix(theme.line, theme.panel, 0.5));
  const ratio = scale.pixelRatio;
  for (const velocity of [32, 64, 96]) {
    context.fillRect(0, Math.round(height - heightOfVelocity(velocity, height / ratio) * ratio), width, 1);
  }
  const shown = shownTracks(frame).at(-1);
  if (shown?.state !== "active") return;
  const index = indexOf(shown.track.notes);
  const ranges = index.ranges(scale.tick(-8), scale.tick(width + 8));
  const colours = noteColours(frame.theme, shown.index, "active");
  const loudest = colours.fills.at(-1) ?? colours.edge;
  const { selected, faded, velocities } = frame;
  const columns = new Uint8Array(width);
  const chosen: [x: number, velocity: number][] = [];
  for (const [first, after] of ranges) {
    for (let at = first; at < after; at += 1) {
      const x = scale.x(index.starts[at] ?? 0);
      if (x < 0 || x >= width) continue;
      let velocity = index.velocities[at] ?? 0;
      if (selected.size + velocities.size + faded.size > 0) {
        const id = index.notes[at]?.id ?? 0;
        if (faded.has(id)) continue;
        velocity = velocities.get(id) ?? velocity;
        if (selected.has(id) && chosen.length < 5000) {
          chosen.push([x, velocity]);
          continue;
        }
      }
      if (velocity > (columns[x] ?? 0)) columns[x] = velocity;
    }
  }
  const stem = Math.max(1, Math.round(2 * ratio));
  const head = Math.round(3 * ratio);
  const draw = (x: number, velocity: number, hasHead: boolean) => {
    const y = Math.round(height - heightOfVelocity(velocity, height / ratio) * ratio);
    context.fillRect(x, y, stem, height - y);
    if (hasHead) context.fillRect(x - head + 1, y - head + 1, 2 * head, 2 * head - 1);
  };
  const used = columns.reduce((sum, velocity) => sum + Math.min(velocity, 1), 0);
  const hasHeads = used * 7 * ratio < width;
  context.fillStyle = css(loudest);
  columns.forEach((velocity, x) => {
    if (velocity > 0) draw(x, velocity, hasHeads);
  });
  context.fillStyle = css(theme.text);
  for (const [x, velocity] of chosen) draw(x, velocity, hasHeads);
  if (frame.ghosts === undefined) return;
  const offered = ofTrack(frame.ghosts.notes, frame.ghosts.region, shown.track.id);
  context.fillStyle = css(theme.ghost);
  for (const { startTick, velocity } of offered) draw(scale.x(startTick), velocity, hasHeads);
}
