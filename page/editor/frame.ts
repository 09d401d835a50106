/**
 * Everything that a frame of the editor shows, read once from the signals, so that it is consistent and can
 * be compared with what was painted before.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { NoteId, PageSong, PageTrack } from "../document/song.ts";
import type { Ghosts } from "../ghosts.ts";
import type { Store, TrackSettings, View } from "../state.ts";
import type { Draft, EditorState } from "./editor-state.ts";
import type { Layout } from "./layout.ts";
import type { Theme } from "./theme.ts";
import { Scale } from "./viewport.ts";

type Ids = ReadonlySet<NoteId>;

export interface Frame {
  readonly song: PageSong;
  /** Tempo and meter of the active track. */
  readonly maps: Pick<PageSong, "tempoMap" | "timeSignatures">;
  readonly view: View;
  readonly layout: Layout;
  readonly scale: Scale;
  readonly theme: Theme;
  readonly activeTrackId: string | undefined;
  readonly settings: ReadonlyMap<string, TrackSettings>;
  readonly selected: Ids;
  readonly locked: Ids;
  readonly faded: Ids;
  readonly draft: Draft | undefined;
  readonly ghosts: Ghosts | undefined;
  readonly velocities: ReadonlyMap<NoteId, number>;
}

export function readFrame(store: Store, state: EditorState, theme: ReadonlySignal<Theme>): Frame {
  const view = store.view.value;
  return {
    song: store.song.value,
    maps: store.maps.value,
    view,
    layout: state.layout.value,
    scale: new Scale(view, globalThis.devicePixelRatio || 1),
    theme: theme.value,
    activeTrackId: store.activeTrackId.value,
    settings: store.trackSettings.value,
    selected: store.selected.value,
    locked: store.locked.value,
    faded: state.fadedIds.value,
    draft: state.draft.value,
    ghosts: store.ghosts.value,
    velocities: state.velocities.value,
  };
}

export interface ShownTrack {
  readonly track: PageTrack;
  /** In the song: names its colour. */
  readonly index: number;
  readonly state: "active" | "other" | "muted";
}

/** Tracks that are not hidden, in the order in which they are painted: the active one above all others. */
export function shownTracks({
  song,
  settings,
  activeTrackId,
}: Pick<Frame, "song" | "settings" | "activeTrackId">): ShownTrack[] {
  const isAnySolo = [...settings.values()].some(({ isSolo }) => isSolo);
  const shown = song.tracks.flatMap((track, index): ShownTrack[] => {
    const own = settings.get(track.id);
    const isActive = track.id === activeTrackId;
    if (own?.isHidden === true) return [];
    const isMuted = own?.isMuted === true || (isAnySolo && own?.isSolo !== true);
    return [{ track, index, state: isActive ? "active" : isMuted ? "muted" : "other" }];
  });
  return shown.sort((a, b) => Number(a.state === "active") - Number(b.state === "active"));
}
