import { useComputed } from "@preact/signals";
import type { Store } from "../state.ts";
import type { Sound } from "./sound.ts";

/** Where the music is, or will begin: bar and beat, tempo and meter there. */
export function PositionDisplay({ store, sound }: { store: Store; sound: Sound }) {
  // Computed separately, so that each is redrawn only when its text changes.
  const tick = useComputed(() => Math.max(0, Math.floor(store.playTick.value ?? sound.startTick.value)));
  const position = useComputed(() => {
    const { bar, beat } = store.bars.value.positionAtTick(tick.value);
    return `${bar + 1}.${beat + 1}`;
  });
  const meter = useComputed(() => {
    const { numerator, denominator } = store.bars.value.meterAtBar(store.bars.value.barAtTick(tick.value));
    return `${numerator}/${denominator}`;
  });
  const tempo = useComputed(() => Math.round(store.tempo.value.qpmAtTick(tick.value)));
  return (
    <dl class="row transport-place figures">
      <div>
        <dt>Bar</dt>
        <dd class="transport-bar">{position}</dd>
      </div>
      <div>
        <dt>Tempo</dt>
        <dd>{tempo}</dd>
      </div>
      <div>
        <dt>Meter</dt>
        <dd>{meter}</dd>
      </div>
    </dl>
  );
}
