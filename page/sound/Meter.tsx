import { useEffect, useRef } from "preact/hooks";
import type { Sound } from "./sound.ts";

/** It falls back so much a frame. */
const FALL = 0.88;

/** How loud it is, below the volume. */
export function Meter({ sound }: { sound: Sound }) {
  const bar = useRef<HTMLSpanElement>(null);
  const isPlaying = sound.isPlaying.value;
  useEffect(() => {
    let level = 0;
    let frame = 0;
    const draw = () => {
      level = Math.max(sound.audio.level(), level * FALL);
      if (level < 0.005) level = 0;
      if (bar.current !== null) bar.current.style.transform = `scaleX(${level.toFixed(3)})`;
      if (isPlaying || level > 0) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [sound, isPlaying]);
  return (
    <span class="transport-meter" aria-hidden="true">
      <span ref={bar} />
    </span>
  );
}
