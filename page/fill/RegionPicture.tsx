import type { PageNote, PageRegion } from "../document/song.ts";
import { type Frame, pathOf } from "./picture.ts";

/** A candidate among the notes around it; a picture only, with its text beside it. */
export function RegionPicture({
  frame,
  region,
  notes,
  around,
}: {
  frame: Frame;
  region: PageRegion;
  notes: readonly PageNote[];
  /** Path of the surroundings. */
  around: string;
}) {
  const width = frame.endTick - frame.startTick;
  const height = frame.highest - frame.lowest + 1;
  return (
    <svg
      class="fill-picture"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect
        class="fill-picture-region"
        x={region.startTick - frame.startTick}
        y={0}
        width={region.endTick - region.startTick}
        height={height}
      />
      <path class="fill-picture-around" d={around} />
      <path class="fill-picture-notes" d={pathOf(notes, frame)} />
    </svg>
  );
}
