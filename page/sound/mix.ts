/**
 * Which track sounds on which of the sixteen MIDI channels, and how loud. Drums share channel 10 (9 from 0), as General
 * MIDI wants it; the others get one each while there are any, then share one with the nearest instrument.
 */
import type { PageTrack } from "../document/song.ts";
import type { TrackSettings } from "../state.ts";
import { CHANNELS, type ChannelState, DRUM_CHANNEL } from "./output.ts";

const LOUDEST = 127;

export interface Mix {
  /** Of each track, by its id. */
  readonly channels: ReadonlyMap<string, number>;
  /** Of each channel in use. */
  readonly states: ReadonlyMap<number, ChannelState>;
  isAudible(trackId: string): boolean;
  /** How hard a note is struck, so that tracks that share a channel keep their volumes. */
  velocityOf(trackId: string, velocity: number): number;
}

export function channelsOf(tracks: readonly PageTrack[]): Map<string, number> {
  const channels = new Map<string, number>();
  const owners: PageTrack[] = [];
  for (const track of tracks) {
    if (track.isDrums) {
      channels.set(track.id, DRUM_CHANNEL);
      continue;
    }
    if (owners.length < CHANNELS - 1) owners.push(track);
    const owner = owners.at(-1) === track ? track : nearest(owners, track);
    const place = owners.indexOf(owner);
    channels.set(track.id, place < DRUM_CHANNEL ? place : place + 1);
  }
  return channels;
}

export function mixOf(tracks: readonly PageTrack[], settingsOf: (trackId: string) => TrackSettings): Mix {
  const channels = channelsOf(tracks);
  const settings = new Map(tracks.map(({ id }) => [id, settingsOf(id)]));
  const isAnySolo = [...settings.values()].some(({ isSolo }) => isSolo);
  const volumeOf = (trackId: string): number => {
    const own = settings.get(trackId);
    if (own === undefined || own.isMuted || (isAnySolo && !own.isSolo)) return 0;
    return Math.min(1, Math.max(0, own.volume));
  };
  const states = new Map<number, ChannelState>();
  for (const { id, program } of tracks) {
    const channel = channels.get(id) ?? 0;
    const first = states.get(channel);
    const volume = Math.max(first?.volume ?? 0, Math.round(volumeOf(id) * LOUDEST));
    states.set(channel, { program: first?.program ?? program, volume });
  }
  return {
    channels,
    states,
    isAudible: (trackId) => volumeOf(trackId) > 0,
    velocityOf(trackId, velocity) {
      const loudest = (states.get(channels.get(trackId) ?? 0)?.volume ?? 0) / LOUDEST;
      const share = loudest === 0 ? 1 : Math.min(1, volumeOf(trackId) / loudest);
      return Math.min(LOUDEST, Math.max(1, Math.round(velocity * share)));
    },
  };
}

/** The last one with the same instrument, else one of its family of eight, else the last one. */
function nearest(owners: readonly PageTrack[], { program }: PageTrack): PageTrack {
  const isSame = owners.findLast((owner) => owner.program === program);
  const isFamily = owners.findLast((owner) => owner.program >> 3 === program >> 3);
  const found = isSame ?? isFamily ?? owners.at(-1);
  if (found === undefined) throw new RangeError("there is a channel for a track");
  return found;
}
