/**
 * The song's tracks: which one is active, which are audible and visible, and how loud. The list is one Tab stop: up
 * and down move between tracks, left and right along the buttons of one.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { programName } from "../../bridge/music/programs.ts";
import { plural } from "../../bridge/plural.ts";
import type { PageTrack } from "../document/song.ts";
import type { Store, TrackSettings } from "../state.ts";
import { areTracksOpen } from "../ui/frame-state.ts";
import { Icon } from "../ui/icons.tsx";
import { usesKeyboard } from "../ui/key-handler.ts";
import { AddTrackForm } from "./AddTrackForm.tsx";
import { activateTrack } from "./actions.ts";
import { trackColour } from "./theme.ts";
import { trackTitle } from "./track-title.ts";
import { isAdded, removeTrack } from "./tracks.ts";

export function TrackList({ store }: { store: Store }) {
  const { tracks } = store.song.value;
  const [isAdding, setAdding] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const keys = useTrackKeys(store, list);
  const adds = useRef<HTMLButtonElement>(null);
  const isOpen = isAdding || tracks.length === 0;
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) adds.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <nav class="tracks" aria-label="Tracks">
      <h2 class="tracks-title">
        Tracks <span class="quiet figures">{tracks.length}</span>
      </h2>
      {tracks.length === 0 && <p class="tracks-none">This song has no tracks yet. Add one to begin.</p>}
      <ul ref={list} {...keys}>
        {tracks.map((track, index) => (
          <Row key={track.id} store={store} track={track} index={index} />
        ))}
      </ul>
      {isOpen ? (
        <AddTrackForm store={store} onDone={() => setAdding(false)} canCancel={tracks.length > 0} />
      ) : (
        <div class="tracks-add">
          <button ref={adds} type="button" class="button button-small" onClick={() => setAdding(true)}>
            <Icon name="plus" size={15} />
            Add track
          </button>
          <button
            type="button"
            class="button button-small"
            title="A part that the song does not have yet, written by the model (Shift+P)"
            onClick={addPart}
          >
            <Icon name="fill" size={14} />
            Add part…
          </button>
        </div>
      )}
    </nav>
  );
}

/** The part that fills listens for it. */
function addPart(): void {
  // Where the list lies over the roll, the form comes in its place.
  areTracksOpen.value = false;
  dispatchEvent(new CustomEvent("continuo-command", { detail: "fill.addPart" }));
}

function Row({ store, track, index }: { store: Store; track: PageTrack; index: number }) {
  const settings = store.trackSettings.value.get(track.id) ?? store.settingsOf(track.id);
  const isActive = track.id === store.activeTrackId.value;
  const title = trackTitle(track, index);
  const instrument = track.isDrums ? "drums" : programName(track.program);
  const volume = Math.round(settings.volume * 100);
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
      >
        <span class="cut">{title}</span>
        <small class="quiet cut figures">
          {instrument === title.toLowerCase() ? "" : `${instrument} · `}
          {plural(track.notes.length, "note")}
        </small>
      </button>
      <input
        class="slider track-volume"
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={settings.volume}
        // By keys that of the active track is reached.
        tabIndex={isActive ? 0 : -1}
        aria-label={`Volume of ${title}`}
        aria-valuetext={`${volume} %`}
        title={`Volume ${volume} %`}
        onInput={({ currentTarget }) => store.setTrack(track.id, { volume: Number(currentTarget.value) })}
      />
      <div class="track-buttons">
        {isAdded(track) && track.notes.length === 0 && (
          <button
            type="button"
            class="icon-button icon-button-small"
            aria-label={`Remove ${title}`}
            title="Remove the empty track"
            onClick={() => removeTrack(store, track.id)}
          >
            <Icon name="trash" size={15} />
          </button>
        )}
        <Toggle store={store} track={track} title={title} field="isMuted" text="M" label="Mute" />
        <Toggle store={store} track={track} title={title} field="isSolo" text="S" label="Solo" />
        <button
          type="button"
          class="icon-button icon-button-small"
          aria-pressed={settings.isHidden}
          aria-label={`Hide ${title}`}
          title={settings.isHidden ? "Show in the roll" : "Hide in the roll"}
          onClick={() => store.setTrack(track.id, { isHidden: !settings.isHidden })}
        >
          <Icon name={settings.isHidden ? "eyeOff" : "eye"} size={15} />
        </button>
      </div>
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

const ROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const COLUMNS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** One Tab stop, and the arrows in two directions; up and down on a name also chooses the track. */
function useTrackKeys(store: Store, list: { readonly current: HTMLUListElement | null }) {
  const stop = useRef<HTMLElement>();
  const settle = () => {
    const rows = rowsOf(list.current);
    const all = rows.flat();
    const active = rows[store.song.value.tracks.findIndex(({ id }) => id === store.activeTrackId.value)];
    const wanted = all.find((control) => control === stop.current) ?? active?.[0] ?? all[0];
    for (const control of all) control.tabIndex = control === wanted ? 0 : -1;
  };
  useLayoutEffect(settle);
  return {
    onFocusIn: ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target.matches("button")) stop.current = target;
      settle();
    },
    onKeyDown: (event: KeyboardEvent) => {
      const { target, key } = event;
      const [down, right] = [ROWS[key] ?? 0, COLUMNS[key] ?? 0];
      if (!(target instanceof HTMLButtonElement) || down + right === 0) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const rows = rowsOf(list.current);
      const row = rows.findIndex((controls) => controls.includes(target));
      const column = rows[row]?.indexOf(target) ?? 0;
      const next = rows[row + down]?.[column + right];
      usesKeyboard();
      next?.focus();
      const track = store.song.value.tracks[row + down];
      if (down !== 0 && column === 0 && next !== undefined && track !== undefined)
        activateTrack(store, track.id);
    },
  };
}

/** The buttons of each track, its name first. */
function rowsOf(list: HTMLUListElement | null): HTMLElement[][] {
  return [...(list?.children ?? [])].map((row) => [...row.querySelectorAll<HTMLElement>("button")]);
}
