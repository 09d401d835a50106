/**
 * Takes of several models in one region of the song: where, the requests, and playback.
 */
import { describe, expect, test } from "vitest";
import { newNote, type PageSong } from "../../page/document/song.ts";
import type { PageClient } from "../../page/page-client.ts";
import { Store } from "../../page/state.ts";
import { Audition } from "../../page/training/audition.ts";
import { hiddenBy, regionToHear, takeRequest } from "../../page/training/take.ts";

const BAR = 1920;

function note(startTick: number, pitch = 60) {
  return newNote({ startTick, durationTicks: 480, pitch, velocity: 90, channel: 0 });
}

/** A store without a daemon, on a song of some bars with a note at each. */
function storeWith(bars: number) {
  const client = { onChanged: () => () => {}, onRoll: () => () => {} } as unknown as PageClient;
  const store = new Store(client);
  const notes = Array.from({ length: bars }, (_, bar) => note(bar * BAR));
  const song: PageSong = {
    ppq: 480,
    tempoMap: [{ tick: 0, qpm: 120 }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks: [{ id: "1", name: "Piano", program: 0, isDrums: false, notes }],
  };
  store.song.value = song;
  const played: (number | "stop")[] = [];
  store.sound = {
    play: (tick) => played.push(tick),
    stop: () => {
      played.push("stop");
      store.playTick.value = undefined;
    },
    preview: () => {},
  };
  return { store, played };
}

describe("the place", () => {
  test("is what is chosen in the roll, else bars 5 to 8, or the last four of a short song", () => {
    const { store } = storeWith(20);
    expect(regionToHear(store)).toEqual({ trackId: "1", startTick: 4 * BAR, endTick: 8 * BAR });
    const chosen = { trackId: "1", startTick: 0, endTick: BAR };
    store.region.value = chosen;
    expect(regionToHear(store)).toBe(chosen);
    expect(regionToHear(storeWith(6).store)).toMatchObject({ startTick: 2 * BAR, endTick: 6 * BAR });
    expect(regionToHear(storeWith(2).store)).toMatchObject({ startTick: 0 });
  });

  test("is asked for by model and seed, with the notes around as they are", () => {
    const { store } = storeWith(6);
    const region = { trackId: "1", startTick: BAR, endTick: 2 * BAR };
    const request = takeRequest(store.song.value, region, "run:mine-1", 7);
    expect(request).toMatchObject({ region, model: "run:mine-1", order: "model", mode: "fill" });
    expect(request.sampling).toEqual({ seed: 7, candidates: 1 });
    expect(request.tracks[0]?.notes).toHaveLength(6);
    expect(request.tracks[0]?.notes[0]).not.toHaveProperty("id");
  });
});

describe("playing", () => {
  const region = { trackId: "1", startTick: 2 * BAR, endTick: 4 * BAR };
  const take = [note(2 * BAR, 72)];

  test("begins a bar before, in place of what stands there, and ends with the place", () => {
    const { store, played } = storeWith(8);
    const before = { region, notes: [], hidden: new Set<number>(), isGrowing: false };
    store.ghosts.value = before;
    const audition = new Audition(store);
    audition.toggle("a", region, take);
    expect(played).toEqual([BAR]);
    expect(audition.playing.value).toBe("a");
    expect(store.ghosts.value).toMatchObject({ region, notes: take });
    expect(store.ghosts.value?.hidden).toEqual(hiddenBy(store.song.value, region));
    const heard = store.heardSong.value.tracks[0]?.notes.map(({ pitch }) => pitch);
    expect(heard).toEqual([60, 60, 72, 60, 60, 60, 60]);
    store.playTick.value = 3 * BAR;
    expect(audition.playing.value).toBe("a");
    store.playTick.value = 4 * BAR;
    expect(audition.playing.value).toBe(undefined);
    expect(played).toEqual([BAR, "stop"]);
    expect(store.ghosts.value).toBe(before);
  });

  test("one takes the place of the other, and pressed again it stops", () => {
    const { store, played } = storeWith(8);
    const audition = new Audition(store);
    audition.toggle("a", region, take);
    audition.toggle("b", region, []);
    expect([audition.playing.value, played]).toEqual(["b", [BAR, "stop", BAR]]);
    audition.toggle("b", region, []);
    expect([audition.playing.value, store.ghosts.value]).toEqual([undefined, undefined]);
  });

  test("stopped by a key or by leaving the window it gives the roll back", () => {
    const { store } = storeWith(8);
    const audition = new Audition(store);
    audition.toggle("a", region, take);
    store.playTick.value = 2 * BAR;
    store.playTick.value = undefined;
    expect([audition.playing.value, store.ghosts.value]).toEqual([undefined, undefined]);
    audition.toggle("a", region, take);
    audition.close();
    expect([audition.playing.value, store.ghosts.value]).toEqual([undefined, undefined]);
  });
});
