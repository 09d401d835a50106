/**
 * Songs for the tests of sound.
 */
import { Bars } from "../../bridge/music/bars.ts";
import { TempoMap } from "../../bridge/music/tempo.ts";
import { EMPTY_SONG, inOrder, newNote, type PageNote, type PageSong } from "../../page/document/song.ts";
import { mixOf } from "../../page/sound/mix.ts";
import type { SoundEvent } from "../../page/sound/output.ts";
import type { Heard } from "../../page/sound/schedule.ts";
import { PLAIN_TRACK, type TrackSettings } from "../../page/state.ts";

export const PPQ = 480;

export function note(startTick: number, durationTicks: number, pitch = 60, velocity = 90): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity, channel: 0 });
}

/** A track for each list of notes: "1", "2" and so on, each with an instrument of its own. */
export function songOf(tracks: readonly (readonly PageNote[])[], song: Partial<PageSong> = {}): PageSong {
  return {
    ...EMPTY_SONG,
    ppq: PPQ,
    tracks: tracks.map((notes, at) => {
      return { id: `${at + 1}`, name: "", program: 8 * at, isDrums: false, notes: inOrder([...notes]) };
    }),
    ...song,
  };
}

export function heard(
  song: PageSong,
  more: Partial<Heard> & { settings?: Record<string, Partial<TrackSettings>> } = {},
): Heard {
  const { settings = {}, ...rest } = more;
  return {
    song,
    bars: new Bars(song.timeSignatures, song.ppq),
    tempo: new TempoMap(song.tempoMap, song.ppq),
    mix: mixOf(song.tracks, (id) => ({ ...PLAIN_TRACK, ...settings[id] })),
    controls: new Map(),
    loop: undefined,
    endTick: 4 * 4 * PPQ,
    hasClicks: false,
    ...rest,
  };
}

/** "on 60 at 0.5", so that a test reads as what is heard. */
export function spoken(events: readonly SoundEvent[]): string[] {
  return events.map((event) => {
    const at = `at ${Number(event.seconds.toFixed(6))}`;
    if (event.kind === "click") return `${event.isBarStart ? "CLICK" : "click"} ${at}`;
    if (event.kind === "control") return `${event.message.join(" ")} on ${event.channel} ${at}`;
    return `${event.kind} ${event.pitch} ${at}`;
  });
}

/** Numbers that are the same at each run. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Notes everywhere, some of them over each other. */
export function randomSong(seed: number): PageSong {
  const random = randomFrom(seed);
  const tracks = [0, 1, 2].map(() =>
    Array.from({ length: 60 }, () => note(random(7680), 1 + random(900), 60 + random(6), 1 + random(127))),
  );
  const tempoMap = [
    { tick: 0, qpm: 97 },
    { tick: 1000 + random(2000), qpm: 181 },
    { tick: 4000 + random(2000), qpm: 61.5 },
  ];
  const timeSignatures = [
    { tick: 0, numerator: 3, denominator: 4 },
    { tick: 1440, numerator: 7, denominator: 8 },
  ];
  return songOf(tracks, { tempoMap, timeSignatures });
}
