/**
 * The state of work on a song as texts and back: locked notes, mute and volume, the window, the marked bars.
 */

import type { Tick } from "../../bridge/music/time.ts";
import type { WrittenChords } from "../document/chords.ts";
import { NotePool } from "../document/match.ts";
import type { NoteId, PageNote, PageRegion, PageSong } from "../document/song.ts";
import { PLAIN_TRACK, type TrackSettings, type View } from "../state.ts";

const VERSION = 1;

/** What of the page is kept with a song, besides its history. */
interface SongLook {
  readonly locked: ReadonlySet<NoteId>;
  readonly trackSettings: ReadonlyMap<string, TrackSettings>;
  readonly view: View | undefined;
  readonly region: PageRegion | undefined;
  readonly activeTrackId: string | undefined;
  readonly cursorTick: Tick;
  readonly pitchRange: readonly [lowest: number, highest: number] | undefined;
  readonly chords: WrittenChords;
}

type Row = [startTick: Tick, durationTicks: Tick, pitch: number, velocity: number, channel: number];

/** What is kept, by name; what is as it comes is left out. */
export function lookTexts(look: SongLook, song: PageSong): Map<string, string> {
  const { trackSettings, view, region, activeTrackId, cursorTick, pitchRange, chords } = look;
  const texts = new Map<string, string>();
  const put = (name: string, value: object) => texts.set(name, JSON.stringify({ v: VERSION, ...value }));
  const locked = lockedRows(look.locked, song);
  if (locked.length > 0) put("locks", { tracks: locked });
  if (trackSettings.size > 0) put("tracks", { tracks: [...trackSettings] });
  if (view !== undefined) put("view", { view });
  if (chords.size > 0) put("chords", { bars: [...chords] });
  put("place", { region, activeTrackId, cursorTick, pitchRange });
  return texts;
}

export function isLookName(name: string): boolean {
  return ["locks", "tracks", "view", "chords", "place"].includes(name);
}

/** What was kept, as far as it fits the song as it is. */
export function restoredLook(texts: ReadonlyMap<string, string>, song: PageSong): Partial<SongLook> {
  const position = stored<Partial<SongLook>>(texts.get("place"));
  const hasTrack = (id: string | undefined) => song.tracks.some((track) => track.id === id);
  const { region, activeTrackId, cursorTick, pitchRange } = position;
  const view = stored<{ view: View }>(texts.get("view")).view;
  return {
    locked: lockedIds(stored<{ tracks: [string, Row[]][] }>(texts.get("locks")).tracks ?? [], song),
    trackSettings: new Map(
      (stored<{ tracks: [string, TrackSettings][] }>(texts.get("tracks")).tracks ?? [])
        .filter(([id]) => hasTrack(id))
        .map(([id, settings]) => [id, { ...PLAIN_TRACK, ...settings }]),
    ),
    view: view !== undefined && Object.values(view).every(Number.isFinite) ? view : undefined,
    ...(region !== undefined && hasTrack(region.trackId) && region.endTick > region.startTick
      ? { region }
      : {}),
    ...(hasTrack(activeTrackId) ? { activeTrackId } : {}),
    ...(typeof cursorTick === "number" ? { cursorTick } : {}),
    ...(Array.isArray(pitchRange) ? { pitchRange } : {}),
    chords: new Map(
      (stored<{ bars: [number, string][] }>(texts.get("chords")).bars ?? []).filter(
        ([bar, text]) => Number.isSafeInteger(bar) && bar >= 0 && typeof text === "string",
      ),
    ),
  };
}

function lockedRows(locked: ReadonlySet<NoteId>, song: PageSong): [trackId: string, rows: Row[]][] {
  if (locked.size === 0) return [];
  return song.tracks.flatMap(({ id, notes }): [string, Row[]][] => {
    const rows = notes.filter((note) => locked.has(note.id)).map(rowOf);
    return rows.length === 0 ? [] : [[id, rows]];
  });
}

function lockedIds(tracks: readonly [string, Row[]][], song: PageSong): Set<NoteId> {
  const ids = new Set<NoteId>();
  for (const [trackId, rows] of tracks) {
    const pool = new NotePool(song.tracks.find(({ id }) => id === trackId)?.notes ?? []);
    for (const [startTick, durationTicks, pitch, velocity, channel] of rows) {
      const note = pool.take({ startTick, durationTicks, pitch, velocity, channel });
      if (note !== undefined) ids.add(note.id);
    }
  }
  return ids;
}

function rowOf({ startTick, durationTicks, pitch, velocity, channel }: PageNote): Row {
  return [startTick, durationTicks, pitch, velocity, channel];
}

/** Nothing of what is of another version, or damaged. */
function stored<Value extends object>(text: string | undefined): Partial<Value> {
  try {
    const value: Partial<Value> & { v?: number } = JSON.parse(text ?? "{}");
    return value?.v === VERSION ? value : {};
  } catch {
    return {};
  }
}
