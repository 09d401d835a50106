/**
 * A piece's first bars as a small picture.
 */
import type { Piece } from "./pieces.ts";

const [WIDTH, HEIGHT] = [240, 72];
/** Colours of tracks; the fifth has that of the first again. */
const COLOURS = 4;

export function PiecePicture({ notes }: { notes: Piece["notes"] }) {
  const pitches = notes.map(([, , pitch]) => pitch);
  const [lowest, highest] = [Math.min(...pitches), Math.max(...pitches)];
  const row = Math.min(5, (HEIGHT - 8) / Math.max(12, highest - lowest + 1));
  const middle = (lowest + highest) / 2;
  const tracks = [...new Set(notes.map(([, , , track]) => track))];
  return (
    <svg
      class="piece-picture"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {tracks.map((track) => (
        <path
          key={track}
          class={`tiny-track tiny-track-${track % COLOURS}`}
          d={notes
            .filter((note) => note[3] === track)
            .map(([start, duration, pitch]) => {
              const [x, width] = [(start * WIDTH) / 1000, Math.max(1.5, (duration * WIDTH) / 1000 - 0.8)];
              const y = HEIGHT / 2 - (pitch - middle) * row - row / 2;
              return `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${(row * 0.82).toFixed(1)}h${(-width).toFixed(1)}z`;
            })
            .join("")}
        />
      ))}
    </svg>
  );
}
