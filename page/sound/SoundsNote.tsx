import { sentence } from "../ui/plain-words.ts";
import type { Sound } from "./sound.ts";

/** How far loading the sounds is, or why simple ones stand in. */
export function SoundsNote({ sound }: { sound: Sound }) {
  const state = sound.audio.sounds.value;
  if (state.kind === "loading") {
    const percent = Math.round(state.share * 100);
    return (
      <p class="transport-note quiet" role="status">
        <span class="figures">Loading sounds {percent} %</span>
        <progress class="progress" max={100} value={percent} aria-label="Loading sounds" />
      </p>
    );
  }
  if (state.kind === "simple") {
    const reason = sentence(state.reason);
    return (
      <p class="transport-note quiet" role="status" title={reason}>
        <span>Playing simple sounds. {reason}</span>
      </p>
    );
  }
  return <p class="transport-note" role="status" />;
}
