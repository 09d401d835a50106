/**
 * The request of a fill: the notes near the region, the locked ones, and the settings.
 */
import type { FillRequest } from "../../bridge/client/generated/protocol.ts";
import { Bars } from "../../bridge/music/bars.ts";
import { densityLevel } from "../../bridge/music/density.ts";
import { nearRegion } from "../../bridge/music/near-region.ts";
import { mapsOf, tracksIn } from "../../bridge/music/song-in-region.ts";
import { type Quarters, quartersFromTicks, ticksFromQuarters } from "../../bridge/music/time.ts";
import { textOfBars, type WrittenChords } from "../document/chords.ts";
import {
  inOrder,
  type NoteId,
  notesIn,
  ofTrack,
  onTrack,
  type PageRegion,
  type PageSong,
  type PageTrack,
  plainNote,
  regionsOf,
  trackById,
} from "../document/song.ts";
import type { Base } from "./record.ts";
import { controlsOf, type FillSettings, samplingOf } from "./settings.ts";

/** What a request is made of. */
export interface RequestParts {
  readonly song: PageSong;
  readonly region: PageRegion;
  readonly locked: ReadonlySet<NoteId>;
  readonly settings: FillSettings;
  readonly pitchRange: readonly [lowest: number, highest: number] | undefined;
  readonly chords?: WrittenChords | undefined;
  /** Vary this instead of the region's notes. */
  readonly base?: Base | undefined;
}

/** Bars of four quarters on either side that say how dense the music is. */
const QUARTERS_AROUND: Quarters = 32;

export function requestOf({
  song,
  region,
  locked,
  settings,
  pitchRange,
  chords,
  base,
}: RequestParts): FillRequest {
  const { trackId, startTick, endTick } = region;
  const { ppq } = song;
  const { tempoMap, timeSignatures } = mapsOf(song, trackId);
  const regions = regionsOf(region);
  const isFilled = ({ id }: PageTrack) => regions.some((one) => one.trackId === id);
  const tracks = tracksIn(song.tracks, region).map((track) =>
    isFilled(track) ? withBase(track, base) : track,
  );
  const wanted = { startTick, endTick, ...tracksToFill(song, region) };
  const near = nearRegion({ ppq, timeSignatures, tracks, region: wanted });
  // Notes that stay follow no chords.
  const written =
    chords === undefined || settings.mode === "humanize" ? undefined : chordsOver(chords, song, region);
  const lockedNotes = regions.flatMap((one) =>
    notesIn(song, one)
      .filter(({ id }) => locked.has(id))
      .map((note) => onTrack(plainNote(note), region, one.trackId)),
  );
  return {
    ppq,
    tempoMap: [...tempoMap],
    timeSignatures: [...timeSignatures],
    tracks: near.tracks.map(({ id, name, program, isDrums, notes }) => ({
      id,
      name,
      program,
      isDrums,
      notes: notes.map(plainNote),
    })),
    region: wanted,
    mode: settings.mode,
    controls: {
      ...controlsOf(settings, pitchRange, levelAround(song, region)),
      ...(written === undefined ? {} : { chords: written }),
    },
    sampling: samplingOf(settings),
    lockedNotes,
    ...(settings.modelId === "" ? {} : { model: settings.modelId }),
  };
}

/** The tracks, with what each does where that is known. */
function tracksToFill(song: PageSong, region: PageRegion) {
  const trackIds = regionsOf(region).map(({ trackId }) => trackId);
  const roles = trackIds.map((trackId) => trackById(song, trackId)?.role);
  const [role] = roles;
  if (region.also === undefined) return { trackId: region.trackId, ...(role === undefined ? {} : { role }) };
  const isKnown = roles.some((one) => one !== undefined);
  return { trackIds, ...(isKnown ? { roles: roles.map((one) => one ?? null) } : {}) };
}

/** What was written over the bars of a region; drums have no use for it. */
function chordsOver(chords: WrittenChords, song: PageSong, region: PageRegion): string | undefined {
  const areDrums = regionsOf(region).every(({ trackId }) => trackById(song, trackId)?.isDrums === true);
  if (chords.size === 0 || areDrums) return undefined;
  const bars = new Bars(mapsOf(song, region.trackId).timeSignatures, song.ppq);
  return textOfBars(chords, [
    bars.barAtTick(region.startTick),
    bars.barAtTick(Math.max(region.startTick, region.endTick - 1)),
  ]);
}

function withBase(track: PageTrack, base: Base | undefined): PageTrack {
  if (base === undefined) return track;
  const old = new Set(base.old.map(({ id }) => id));
  const own = ofTrack(base.notes, base.region, track.id);
  const notes = inOrder([...track.notes.filter(({ id }) => !old.has(id)), ...own]);
  return { ...track, notes };
}

/** The density of the track before and after the region; that of the region itself where nothing else sounds. */
export function levelAround(song: PageSong, { trackId, startTick, endTick }: PageRegion): number {
  const margin = ticksFromQuarters(QUARTERS_AROUND, song.ppq);
  const before = { startTick: Math.max(0, startTick - margin), endTick: startTick };
  const after = { startTick: endTick, endTick: endTick + margin };
  const count = (span: typeof before) => notesIn(song, { trackId, ...span }).length;
  // A side that is silent, such as what follows the song's end, says nothing.
  const sides = [before, after].filter((span) => count(span) > 0);
  const heard = sides.length > 0 ? sides : [{ startTick, endTick }].filter((span) => count(span) > 0);
  if (heard.length === 0) return MIDDLE_LEVEL;
  const ticks = heard.reduce((sum, span) => sum + span.endTick - span.startTick, 0);
  return densityLevel(
    heard.reduce((sum, span) => sum + count(span), 0),
    quartersFromTicks(ticks, song.ppq),
  );
}

const MIDDLE_LEVEL = 5;
