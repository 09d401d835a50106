/**
 * The song's tracks: which one is worked on, and which are heard and seen.
 */
import { programName } from "../../bridge/music/programs.ts";
import { Icon } from "../app/icons.tsx";
import type { PageTrack } from "../document/song.ts";
import type { Store, TrackSettings } from "../state.ts";
import { activateTrack } from "./actions.ts";
import { trackColour } from "./theme.ts";
import { trackTitle } from "./track-title.ts";

export function TrackList({ store }: { store: Store }) {
  const { tracks } = store.song.value;
  return (
    <nav class="tracks" aria-label="Tracks">
      <h2 class="tracks-title">
        Tracks <span class="quiet figures">{tracks.length}</span>
      </h2>
      <ul>
        {tracks.map((track, index) => (
          <Row key={track.id} store={store} track={track} index={index} />
        ))}
      </ul>
    </nav>
  );
}

function Row({ store, track, index }: { store: Store; track: PageTrack; index: number }) {
  const settings = store.trackSettings.value.get(track.id) ?? store.settingsOf(track.id);
  const isActive = track.id === store.activeTrackId.value;
  const title = trackTitle(track, index);
  const instrument = track.isDrums ? "drums" : programName(track.program);
  const count = track.notes.length;
  return (
    <li
      class="track"
      data-active={isActive}
      data-silent={settings.isMuted}
      style={{ "--track-colour": trackColour(index) }}
    >
      <button
        type="button"
        class="track-name"
        aria-current={isActive}
        onClick={() => activateTrack(store, track.id)}
        onKeyDown={(event) => {
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          event.stopPropagation();
          goTo(store, index + step, event.currentTarget);
        }}
      >
        <span class="cut">{title}</span>
        <small class="quiet cut figures">
          {instrument === title.toLowerCase() ? "" : `${instrument} · `}
          {count} {count === 1 ? "note" : "notes"}
        </small>
      </button>
      <div class="track-buttons">
        <Toggle store={store} track={track} title={title} field="isMuted" text="M" label="Mute" />
        <Toggle store={store} track={track} title={title} field="isSolo" text="S" label="Solo" />
        <button
          type="button"
          class="icon-button icon-button-small"
          aria-pressed={settings.isHidden}
          aria-label={`Hide ${title}`}
          title={settings.isHidden ? "Show" : "Hide"}
          onClick={() => store.setTrack(track.id, { isHidden: !settings.isHidden })}
        >
          <Icon name={settings.isHidden ? "eyeOff" : "eye"} size={15} />
        </button>
      </div>
      <input
        class="slider track-volume"
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={settings.volume}
        aria-label={`Volume of ${title}`}
        title={`Volume ${Math.round(settings.volume * 100)} %`}
        onInput={({ currentTarget }) => store.setTrack(track.id, { volume: Number(currentTarget.value) })}
      />
    </li>
  );
}

interface ToggleProps {
  store: Store;
  track: PageTrack;
  title: string;
  field: keyof TrackSettings & ("isMuted" | "isSolo");
  text: string;
  label: string;
}

function Toggle({ store, track, title, field, text, label }: ToggleProps) {
  const isOn = store.settingsOf(track.id)[field];
  return (
    <button
      type="button"
      class={`icon-button icon-button-small track-${field}`}
      aria-pressed={isOn}
      aria-label={`${label} ${title}`}
      title={label}
      onClick={() => store.setTrack(track.id, { [field]: !isOn })}
    >
      {text}
    </button>
  );
}

function goTo(store: Store, index: number, from: HTMLElement): void {
  const track = store.song.value.tracks[index];
  if (track === undefined) return;
  activateTrack(store, track.id);
  const rows = from.closest("ul")?.querySelectorAll<HTMLElement>(".track-name");
  rows?.[index]?.focus();
}
