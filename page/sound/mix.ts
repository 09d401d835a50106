/**
 * The MIDI channel and loudness of each track. Drums are on channel 10 (9 from 0) of sixteen, as General MIDI
 * wants it; the others get one each as long as there are any, then share one with the nearest instrument.
 */
import type { PageTrack } from "../document/song.ts";
import { PLAIN_TRACK, type TrackSettings } from "../state.ts";
import { NO_CONTROLS, type TrackControls } from "./controls.ts";
import { CHANNELS, type ChannelState, DRUM_CHANNEL } from "./output.ts";

const LOUDEST = 127;
/** Without the one of the drums. */
const PITCHED = CHANNELS - 1;

export interface Mix {
  /** Of each track, by its id. */
  readonly channels: ReadonlyMap<string, number>;
  /** Of each channel in use, where its file says nothing. */
  readonly states: ReadonlyMap<number, ChannelState>;
  isAudible(trackId: string): boolean;
  /** How hard a note is struck, so that tracks that share a channel keep their volumes. */
  velocityOf(trackId: string, velocity: number): number;
  /** Controller 7 of a channel, where its file sets it to a value: as the file says at the usual volume. */
  volumeOf(channel: number, fileVolume: number): number;
}

/**
 * @param ports  how many sets of sixteen channels there are
 * @param controlsOf  what a track's file says: drums with the same controls share a channel
 */
export function channelsOf(
  tracks: readonly PageTrack[],
  ports = 1,
  controlsOf: (trackId: string) => TrackControls = () => NO_CONTROLS,
): Map<string, number> {
  const channels = new Map<string, number>();
  const owners: PageTrack[] = [];
  const kits: PageTrack[] = [];
  const isSameKit = (a: PageTrack, b: PageTrack) =>
    a.program === b.program && controlsOf(a.id).signature === controlsOf(b.id).signature;
  for (const track of tracks) {
    if (track.isDrums) {
      const known = kits.findIndex((kit) => isSameKit(kit, track));
      if (known < 0 && kits.length < ports) kits.push(track);
      const port = known >= 0 ? known : kits.length - 1;
      channels.set(track.id, port * CHANNELS + DRUM_CHANNEL);
      continue;
    }
    if (owners.length < ports * PITCHED) owners.push(track);
    const owner = owners.at(-1) === track ? track : nearest(owners, track);
    const index = owners.indexOf(owner);
    const inPort = index % PITCHED;
    const port = Math.floor(index / PITCHED);
    channels.set(track.id, port * CHANNELS + (inPort < DRUM_CHANNEL ? inPort : inPort + 1));
  }
  return channels;
}

export function mixOf(
  tracks: readonly PageTrack[],
  settingsOf: (trackId: string) => TrackSettings,
  channels: ReadonlyMap<string, number> = channelsOf(tracks),
): Mix {
  const settings = new Map(tracks.map(({ id }) => [id, settingsOf(id)]));
  const isAnySolo = [...settings.values()].some(({ isSolo }) => isSolo);
  const volumeOf = (trackId: string): number => {
    const own = settings.get(trackId);
    if (own === undefined || own.isMuted || (isAnySolo && !own.isSolo)) return 0;
    return Math.min(1, Math.max(0, own.volume));
  };
  const states = new Map<number, ChannelState>();
  const loudest = new Map<number, number>();
  for (const { id, program } of tracks) {
    const channel = channels.get(id) ?? 0;
    const volume = Math.max(loudest.get(channel) ?? 0, volumeOf(id));
    loudest.set(channel, volume);
    const first = states.get(channel);
    states.set(channel, { program: first?.program ?? program, volume: Math.round(volume * LOUDEST) });
  }
  return {
    channels,
    states,
    isAudible: (trackId) => volumeOf(trackId) > 0,
    velocityOf(trackId, velocity) {
      const most = (states.get(channels.get(trackId) ?? 0)?.volume ?? 0) / LOUDEST;
      const share = most === 0 ? 1 : Math.min(1, volumeOf(trackId) / most);
      return Math.min(LOUDEST, Math.max(1, Math.round(velocity * share)));
    },
    volumeOf(channel, fileVolume) {
      const share = (loudest.get(channel) ?? PLAIN_TRACK.volume) / PLAIN_TRACK.volume;
      return Math.min(LOUDEST, Math.round(fileVolume * share));
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
