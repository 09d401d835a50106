/**
 * Paints the keyboard beside the notes, or the names of the drums.
 */
import { pitchName } from "../../bridge/music/pitch.ts";
import { css, faded, mix } from "./colour.ts";
import { hair, isBlackKey } from "./draw-grid.ts";
import { drumName } from "./drum-names.ts";
import type { Frame } from "./frame.ts";

type Context = CanvasRenderingContext2D;

interface KeysShown {
  readonly isDrums: boolean;
  readonly heldPitch: number | undefined;
  readonly hoverPitch: number | undefined;
  /** Keys outside are dimmed. */
  readonly range: readonly [lowest: number, highest: number] | undefined;
}

const BLACK_SHARE = 0.62;

/** @param width,height  device pixels */
export function drawKeys(
  context: Context,
  frame: Frame,
  shown: KeysShown,
  width: number,
  height: number,
): void {
  const { theme, scale } = frame;
  const white = theme.isDark ? mix(theme.text, theme.panel, 0.86) : theme.panel;
  const black = theme.isDark
    ? mix(theme.back, { ...theme.back, red: 0, green: 0, blue: 0 }, 0.7)
    : theme.text;
  context.fillStyle = shown.isDrums ? css(theme.back) : css(white);
  context.fillRect(0, 0, width, height);
  for (let pitch = scale.pitch(0); pitch >= Math.max(0, scale.pitch(height)); pitch -= 1) {
    const [top, bottom] = [scale.y(pitch), scale.y(pitch - 1)];
    const lit = pitch === shown.heldPitch ? 0.9 : pitch === shown.hoverPitch ? 0.35 : 0;
    const isOut = shown.range !== undefined && (pitch < shown.range[0] || pitch > shown.range[1]);
    if (shown.isDrums) drawDrum(context, frame, { pitch, top, bottom, width, lit });
    else {
      const isBlack = isBlackKey(pitch);
      const keyWidth = isBlack ? Math.round(width * BLACK_SHARE) : width;
      if (isBlack) {
        context.fillStyle = css(black);
        context.fillRect(0, top, keyWidth, bottom - top);
        context.fillStyle = css(mix(black, white, 0.55));
        context.fillRect(keyWidth, (top + bottom) >> 1, width - keyWidth, hair(scale));
      } else if (pitch % 12 === 0 || pitch % 12 === 5) {
        context.fillStyle = css(mix(black, white, 0.45));
        context.fillRect(0, bottom - hair(scale), width, hair(scale));
      }
      if (lit > 0) {
        context.fillStyle = css(faded(theme.accent, lit));
        context.fillRect(0, top, keyWidth, bottom - top);
      }
      if (pitch % 12 === 0 || (bottom - top >= 15 * scale.pixelRatio && !isBlack)) {
        drawName(context, frame, pitchName(pitch), { top, bottom, width, isStrong: pitch % 12 === 0 });
      }
    }
    if (isOut) {
      context.fillStyle = css(faded(theme.back, 0.62));
      context.fillRect(0, top, width, bottom - top);
    }
  }
  context.fillStyle = css(theme.line);
  context.fillRect(width - hair(scale), 0, hair(scale), height);
}

interface Row {
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

function drawName(context: Context, frame: Frame, name: string, row: Row & { isStrong: boolean }): void {
  const { theme, scale } = frame;
  const size = Math.min(11 * scale.pixelRatio, Math.max(9 * scale.pixelRatio, (row.bottom - row.top) * 0.8));
  context.font = `${row.isStrong ? 650 : 450} ${Math.round(size)}px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = row.isStrong ? "#1f2126" : "#5d616a";
  context.fillText(name, row.width - 5 * scale.pixelRatio, (row.top + row.bottom) / 2 + scale.pixelRatio / 2);
}

function drawDrum(context: Context, frame: Frame, row: Row & { pitch: number; lit: number }): void {
  const { theme, scale } = frame;
  const { pitch, top, bottom, width, lit } = row;
  if (lit > 0) {
    context.fillStyle = css(faded(theme.accent, lit * 0.6));
    context.fillRect(0, top, width, bottom - top);
  }
  context.fillStyle = css(theme.line);
  context.fillRect(0, bottom - hair(scale), width, hair(scale));
  if (bottom - top < 8 * scale.pixelRatio) return;
  context.font = `${Math.round(Math.min(11 * scale.pixelRatio, (bottom - top) * 0.86))}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = css(pitch >= 27 && pitch <= 87 ? theme.text : theme.quiet);
  context.fillText(
    drumName(pitch),
    7 * scale.pixelRatio,
    (top + bottom) / 2 + scale.pixelRatio / 2,
    width - 12 * scale.pixelRatio,
  );
}
