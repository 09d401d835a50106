/**
 * The bar below the editor: play, stop, loop, position, volume.
 */
import { useComputed } from "@preact/signals";
import type { Store } from "../state.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Tools } from "../ui/Tools.tsx";
import { soundOf } from "./install.ts";
import { Meter } from "./Meter.tsx";
import { OutputMenu } from "./OutputMenu.tsx";
import { PositionDisplay } from "./PositionDisplay.tsx";
import { SoundsNote } from "./SoundsNote.tsx";
import type { Sound } from "./sound.ts";

export function TransportBar({ store }: { store: Store }) {
  const sound = soundOf(store);
  const isPlaying = sound.isPlaying.value;
  const loops = store.region.value === undefined ? "Loop the song" : "Loop the region";
  return (
    <section
      class="transport"
      aria-label="Playback"
      data-playing={isPlaying}
      data-notes={sound.sentNotes}
      data-sounds={sound.audio.sounds.value.kind}
    >
      <Tools class="row" label="Transport">
        <ToolButton icon="toStart" label="Back to the start" keys="Home" run={() => sound.toStart()} />
        <button
          type="button"
          class="button transport-play"
          aria-pressed={isPlaying}
          aria-label={isPlaying ? "Stop" : "Play"}
          title={`${isPlaying ? "Stop" : "Play"} (Space)`}
          onClick={() => sound.toggle()}
        >
          <Icon name={isPlaying ? "stop" : "play"} size={20} />
        </button>
        <ToolButton
          icon="loop"
          label={loops}
          keys="O"
          isPressed={sound.isLooping.value}
          run={() => sound.toggleLoop()}
        />
        <ToolButton
          icon="metronome"
          label="Metronome"
          keys="M"
          isPressed={sound.hasClicks.value}
          run={() => {
            sound.hasClicks.value = !sound.hasClicks.value;
          }}
        />
      </Tools>
      <PositionDisplay store={store} sound={sound} />
      <SoundsNote sound={sound} />
      <div class="row transport-end">
        <Volume sound={sound} />
        <OutputMenu sound={sound} />
      </div>
    </section>
  );
}

interface ToolButtonProps {
  icon: IconName;
  label: string;
  keys: string;
  isPressed?: boolean;
  run: () => void;
}

function ToolButton({ icon, label, keys, isPressed, run }: ToolButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-pressed={isPressed}
      title={`${label} (${keys})`}
      onClick={run}
    >
      <Icon name={icon} size={20} />
    </button>
  );
}

function Volume({ sound }: { sound: Sound }) {
  const percent = useComputed(() => Math.round(sound.volume.value * 100));
  return (
    <label class="row transport-volume" title="Volume of everything">
      <Icon name={percent.value === 0 ? "mute" : "sound"} />
      <span class="unseen">Volume</span>
      <span class="transport-slider">
        <input
          type="range"
          class="slider"
          min={0}
          max={100}
          value={percent}
          aria-valuetext={`${percent.value} %`}
          onInput={({ currentTarget }) => {
            sound.volume.value = currentTarget.valueAsNumber / 100;
          }}
        />
        <Meter sound={sound} />
      </span>
    </label>
  );
}
