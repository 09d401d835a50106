/**
 * Where a clip's content is heard: a clip plays from its start marker, and when its loop ends, goes on at the loop's
 * start. Pure arithmetic, in quarters.
 */
import type { Quarters } from "../../bridge/music/time.ts";
import { NEAR_QUARTERS } from "./numbers.ts";

/** Half-open. */
export interface Span {
  start: Quarters;
  end: Quarters;
}

export interface ClipTime {
  /** Where it lies, on the timeline that it is asked for. */
  startTime: Quarters;
  endTime: Quarters;
  /** Places in its content. */
  startMarker: Quarters;
  loopStart: Quarters;
  loopEnd: Quarters;
  looping: boolean;
}

/** A stretch of the timeline in which the content goes on without a jump. */
interface Turn extends Span {
  /** The place in the content that is heard at `start`. */
  local: Quarters;
}

/** The turns that are heard in a part of the timeline, in order. */
export function* turnsOf(clip: ClipTime, part: Span): Generator<Turn> {
  const { startTime, endTime, startMarker, loopStart, loopEnd } = clip;
  const loopLength = loopEnd - loopStart;
  const from = Math.max(startTime, part.start);
  const to = Math.min(endTime, part.end);
  if (to - from < NEAR_QUARTERS) return;
  // Started behind the loop's end, it plays on and never turns back.
  if (!clip.looping || loopLength < NEAR_QUARTERS || startMarker >= loopEnd - NEAR_QUARTERS) {
    yield { start: startTime, end: endTime, local: startMarker };
    return;
  }
  const firstEnd = startTime + (loopEnd - startMarker);
  if (from < firstEnd - NEAR_QUARTERS) {
    yield { start: startTime, end: Math.min(firstEnd, endTime), local: startMarker };
  }
  const passed = Math.max(0, Math.floor((from - firstEnd + NEAR_QUARTERS) / loopLength));
  for (let turn = passed; ; turn++) {
    const start = firstEnd + turn * loopLength;
    if (start >= to - NEAR_QUARTERS) return;
    yield { start, end: Math.min(start + loopLength, endTime), local: loopStart };
  }
}

/** The content's part that is heard in a turn. */
export function contentOf(turn: Turn): Span {
  return { start: turn.local, end: turn.local + (turn.end - turn.start) };
}

/** The place of the timeline at which a place of the content is heard for the first time, if it ever is. */
export function firstHeardAt(clip: ClipTime, local: Quarters): Quarters | undefined {
  // Whatever is heard at all is heard before the loop begins for the second time.
  const enough = Math.max(0, clip.loopEnd - clip.startMarker) + Math.max(0, clip.loopEnd - clip.loopStart);
  for (const turn of turnsOf(clip, { start: clip.startTime, end: clip.startTime + enough })) {
    const content = contentOf(turn);
    if (local >= content.start - NEAR_QUARTERS && local < content.end - NEAR_QUARTERS) {
      return turn.start + (local - turn.local);
    }
  }
  return undefined;
}

/** Is a part of the content heard more than once, or a part of it? */
export function isRepeated(clip: ClipTime, local: Span): boolean {
  let heard = 0;
  for (const turn of turnsOf(clip, { start: clip.startTime, end: clip.endTime })) {
    const content = contentOf(turn);
    if (Math.min(content.end, local.end) - Math.max(content.start, local.start) > NEAR_QUARTERS) heard += 1;
    if (heard > 1) return true;
  }
  return false;
}
