/**
 * Paints the ruler: bars with their numbers, beats, and changes of meter and tempo.
 */
import type { Bars } from "../../bridge/music/bars.ts";
import type { Tick } from "../../bridge/music/time.ts";
import type { PageRegion } from "../document/song.ts";
import { css, faded } from "./colour.ts";
import { barStep, hair } from "./draw-grid.ts";
import type { Frame } from "./frame.ts";

type Context = CanvasRenderingContext2D;

const NUMBER_WIDTH = 40;
const BEAT_NUMBER_WIDTH = 46;
const LABEL_GAP = 6;
/** Rows of the ruler in CSS pixels: changes above, bars below. */
const CHANGES_HEIGHT = 17;

interface RulerShown {
  readonly bars: Bars;
  readonly region: PageRegion | undefined;
  readonly hoverBar: number | undefined;
  readonly cursorTick: Tick;
}

/** @param width,height  device pixels */
export function drawRuler(
  context: Context,
  frame: Frame,
  { bars, region, hoverBar, cursorTick }: RulerShown,
  width: number,
  height: number,
): void {
  const { theme, scale } = frame;
  const ratio = scale.pixelRatio;
  context.fillStyle = css(theme.back);
  context.fillRect(0, 0, width, height);
  const band = (startTick: Tick, endTick: Tick, alpha: number) => {
    const [left, right] = [scale.x(startTick), scale.x(endTick)];
    context.fillStyle = css(faded(theme.accent, alpha));
    context.fillRect(left, CHANGES_HEIGHT * ratio, right - left, height);
  };
  if (hoverBar !== undefined) band(bars.startTick(hoverBar), bars.endTick(hoverBar), 0.14);
  if (region !== undefined) band(region.startTick, region.endTick, theme.isDark ? 0.34 : 0.24);
  drawBars(context, frame, bars, width, height);
  drawCursor(context, frame, cursorTick, height);
  drawChanges(context, frame, width);
  context.fillStyle = css(theme.line);
  context.fillRect(0, height - hair(scale), width, hair(scale));
}

function drawBars(context: Context, frame: Frame, bars: Bars, width: number, height: number): void {
  const { theme, scale, song, view } = frame;
  const ratio = scale.pixelRatio;
  const line = hair(scale);
  const perQuarter = song.ppq / view.ticksPerPixel;
  const step = barStep(bars, frame, NUMBER_WIDTH);
  const [from, to] = [Math.max(0, scale.tick(-NUMBER_WIDTH * ratio)), scale.tick(width)];
  const top = CHANGES_HEIGHT * ratio;
  context.textBaseline = "middle";
  context.textAlign = "left";
  let bar = bars.barAtTick(Math.floor(from));
  bar -= bar % step;
  for (; ; bar += step) {
    const start = bars.startTick(bar);
    if (start >= to) return;
    const x = scale.x(start);
    context.fillStyle = css(theme.edge);
    context.fillRect(x, top, line, height - top);
    context.fillStyle = css(theme.text);
    context.font = `600 ${Math.round(11 * ratio)}px ${theme.font}`;
    context.fillText(String(bar + 1), x + 5 * ratio, top + (height - top) / 2);
    const { numerator, denominator } = bars.meterAtBar(bar);
    const beatPixels = (perQuarter * 4) / denominator;
    if (step > 1 || beatPixels < 8) continue;
    const end = bars.endTick(bar);
    context.font = `${Math.round(10 * ratio)}px ${theme.font}`;
    for (let beat = 1; beat < numerator; beat += 1) {
      const tick = bars.beatTick(bar, beat);
      if (tick >= end) break;
      const isNumbered = beatPixels >= BEAT_NUMBER_WIDTH;
      context.fillStyle = css(theme.edge);
      context.fillRect(scale.x(tick), height - (isNumbered ? 9 : 6) * ratio, line, height);
      if (!isNumbered) continue;
      context.fillStyle = css(theme.quiet);
      context.fillText(`${bar + 1}.${beat + 1}`, scale.x(tick) + 4 * ratio, top + (height - top) / 2);
    }
  }
}

/** A flag where it plays from. */
function drawCursor(context: Context, { theme, scale }: Frame, tick: Tick, height: number): void {
  const [x, size] = [scale.x(tick), 5 * scale.pixelRatio];
  context.fillStyle = css(theme.text);
  context.beginPath();
  context.moveTo(x - size, height - 2 * size);
  context.lineTo(x + size, height - 2 * size);
  context.lineTo(x, height);
  context.fill();
}

interface Change {
  readonly tick: Tick;
  readonly text: string;
  readonly isMeter: boolean;
}

/**
 * Small labels where the meter or the tempo changes, and at the left edge those that hold there; those for which there
 * is no room are left out.
 */
function drawChanges(context: Context, frame: Frame, width: number): void {
  const { theme, scale, view } = frame;
  const ratio = scale.pixelRatio;
  context.font = `550 ${Math.round(10 * ratio)}px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const changes = changesOf(frame);
  const isBefore = ({ tick }: Change) => tick < view.startTick;
  const holding = [true, false].flatMap((isMeter) => {
    const last = changes.findLast((change) => isBefore(change) && change.isMeter === isMeter);
    return last === undefined ? [] : [{ ...last, tick: view.startTick }];
  });
  let [free, lastTick] = [Number.NEGATIVE_INFINITY, -1];
  for (const { tick, text, isMeter } of [...holding, ...changes.filter((change) => !isBefore(change))]) {
    const at = scale.x(tick) + 5 * ratio;
    if (at > width) return;
    // Labels of one position are side by side.
    if (at < free && tick !== lastTick) continue;
    const x = Math.max(at, free);
    lastTick = tick;
    free = x + context.measureText(text).width + LABEL_GAP * ratio;
    context.fillStyle = css(isMeter ? theme.text : theme.quiet);
    context.fillText(text, x, (CHANGES_HEIGHT / 2 + 1) * ratio);
  }
}

function changesOf({ maps }: Frame): Change[] {
  const meters = maps.timeSignatures.map(({ tick, numerator, denominator }) => ({
    tick,
    text: `${numerator}/${denominator}`,
    isMeter: true,
  }));
  const tempos = maps.tempoMap.map(({ tick, qpm }) => ({
    tick,
    text: `♩ ${Math.round(qpm)}`,
    isMeter: false,
  }));
  return [...meters, ...tempos].sort((a, b) => a.tick - b.tick || Number(b.isMeter) - Number(a.isMeter));
}
