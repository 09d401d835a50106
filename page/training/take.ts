/**
 * Fills of one region of the open song by several models, for comparison by ear: the same notes around, the
 * same seed.
 */
import type { FillRequest } from "../../bridge/client/generated/protocol.ts";
import { nearRegion } from "../../bridge/music/near-region.ts";
import { mapsOf, tracksIn } from "../../bridge/music/song-in-region.ts";
import {
  endTickOf,
  newNote,
  notesIn,
  type PageNote,
  type PageRegion,
  type PageSong,
  plainNote,
} from "../document/song.ts";
import type { Store } from "../state.ts";

const FIRST_BAR = 4;
const BARS = 4;

/** What is selected in the editor, else four bars of the active track, not at the very start where nothing precedes. */
export function regionToHear(store: Store): PageRegion | undefined {
  const chosen = store.region.value;
  if (chosen !== undefined) return chosen;
  const song = store.song.value;
  const trackId = store.activeTrackId.value ?? song.tracks[0]?.id;
  if (trackId === undefined) return undefined;
  const bars = store.bars.value;
  const last = bars.count(endTickOf(song));
  const first = Math.max(0, Math.min(FIRST_BAR, last - BARS));
  return { trackId, startTick: bars.startTick(first), endTick: bars.endTick(first + BARS - 1) };
}

export function takeRequest(song: PageSong, region: PageRegion, model: string, seed: number): FillRequest {
  const { ppq } = song;
  const { tempoMap, timeSignatures } = mapsOf(song, region.trackId);
  const near = nearRegion({ ppq, timeSignatures, tracks: tracksIn(song.tracks, region), region });
  return {
    ppq,
    tempoMap: [...tempoMap],
    timeSignatures: [...timeSignatures],
    tracks: near.tracks.map(({ id, name, program, isDrums, notes }) => ({
      ...{ id, name, program, isDrums },
      notes: notes.map(plainNote),
    })),
    region: { ...region },
    mode: "fill",
    sampling: { seed, candidates: 1 },
    order: "model",
    model,
  };
}

/** The notes that a model puts there. */
export async function take(
  store: Store,
  region: PageRegion,
  model: string,
  seed: number,
  signal?: AbortSignal,
): Promise<readonly PageNote[]> {
  const request = takeRequest(store.song.value, region, model, seed);
  const result = await store.client.daemon.fill(request, { signal });
  return (result.candidates[0]?.notes ?? []).map(newNote);
}

/** What of the song goes where a take is heard. */
export function hiddenBy(song: PageSong, region: PageRegion): ReadonlySet<number> {
  return new Set(notesIn(song, region).map(({ id }) => id));
}
