/**
 * The offered candidate that plays. Another one that is chosen while the region is played over and over begins
 * when the loop does, so that it is heard whole and nothing is cut; before the region was reached, or without the loop,
 * it is heard at once. Notes that join or leave the same candidate, and a candidate that is taken or turned down, are
 * heard at once too. Pressing Play starts again with the candidate offered then.
 */
import type { Tick } from "../../bridge/music/time.ts";
import type { PageNote } from "../document/song.ts";
import type { Ghosts } from "../ghosts.ts";
import type { LoopRange } from "./loop.ts";

export class Candidates {
  private held: Ghosts | undefined;

  /** As playing begins. */
  begin(offered: Ghosts | undefined): void {
    this.held = offered;
  }

  /**
   * @param tick  from which on nothing was sent yet
   * @returns what is to be heard from there
   */
  heard(offered: Ghosts | undefined, tick: Tick, loop: LoopRange | undefined): Ghosts | undefined {
    if (!this.mustWait(offered, tick, loop)) this.held = offered;
    return this.held;
  }

  private mustWait(offered: Ghosts | undefined, tick: Tick, loop: LoopRange | undefined): boolean {
    const held = this.held;
    if (held === undefined || offered === undefined || loop?.isRegion !== true) return false;
    const { trackId, startTick, endTick } = held.region;
    const isSameRegion =
      trackId === offered.region.trackId &&
      startTick === offered.region.startTick &&
      endTick === offered.region.endTick;
    if (!isSameRegion || isSameCandidate(held, offered)) return false;
    return loop.startTick <= startTick && tick > startTick && tick < Math.min(endTick, loop.endTick);
  }
}

/** Whether one is the other with more notes. */
export function isSameCandidate(held: Ghosts, offered: Ghosts): boolean {
  if (held.notes.length > 0 && offered.notes.length === 0) return false;
  const [fewer, more] =
    held.notes.length <= offered.notes.length ? [held.notes, offered.notes] : [offered.notes, held.notes];
  const all = new Set(more.map(textOf));
  return fewer.every((note) => all.has(textOf(note)));
}

function textOf({ startTick, durationTicks, pitch, velocity }: PageNote): string {
  return `${startTick} ${durationTicks} ${pitch} ${velocity}`;
}
