/**
 * Bitwig: music of all kinds: what of it reaches the daemon, and what stays unchanged.
 */
import { expect, test } from "vitest";
import { Bitwig, onEachEngine } from "./support/bitwig.ts";
import type { ModelNote } from "./support/clip-model.ts";
import { work } from "./support/grid-clip.ts";
import {
  eighths,
  expectFilled,
  FILLED,
  inPlace,
  open,
  present,
  sentRequests,
  setBars,
  within,
} from "./support/music.ts";

/** For what takes seconds on a machine that has nothing else to do. */
const LONG_MS = 900_000;

onEachEngine(() => {
  test.each([
    [7, 8, 20],
    [12, 8, 400],
    [3, 4, 97.5],
  ])("bars of %i/%i at tempo %d", async (numerator, denominator, tempo) => {
    const bar = (4 * numerator) / denominator;
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 12 * bar, notes: eighths(0, 12 * bar) });
      Object.assign(made, { numerator, denominator, tempo });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 4 * bar, 8 * bar);
    const [request] = sentRequests(bitwig);
    expect(request?.tempoMap).toEqual([{ tick: 0, qpm: tempo }]);
    expect(request?.timeSignatures).toEqual([{ tick: 0, numerator, denominator }]);
  });

  test("names of any language, and the track's drums", async () => {
    const { bitwig, project } = await open((made) => {
      const track = made.addTrack("Flöte ♪ 𝄞 日本");
      track.devices = [false, true];
      made.addLauncherClip({ length: 32, notes: eighths(0, 16, 36) }, track);
    });
    setBars(bitwig, 5, 6);
    await bitwig.finish("Fill", FILLED);
    expect(sentRequests(bitwig)[0]?.tracks[0]).toMatchObject({ name: "Flöte ♪ 𝄞 日本", isDrums: true });
    bitwig.panel.set("Drums", "No");
    project.select(present(project.tracks[0]), 0);
    await bitwig.finish("Fill", FILLED);
    expect(sentRequests(bitwig)[1]?.tracks[0]?.isDrums).toBe(false);
  });

  test("an empty clip, and a region that is the whole of it", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 16 });
    });
    inPlace(bitwig);
    await bitwig.finish("Fill", FILLED);
    expectFilled(present(project.launcherClip()), [], 0, 16);
  });

  test.each([
    ["start", 1, 2, 0, 8],
    ["end", 11, 12, 40, 48],
  ])("the very %s of a clip", async (_place, first, last, from, to) => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, first, last);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, from, to);
  });

  test("bars beyond the clip", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 16, notes: eighths(0, 16) });
    });
    setBars(bitwig, 9, 12);
    await bitwig.finish("Fill", /no such bars\. Nothing was changed/);
    expect(present(project.launcherClip()).history).toEqual([]);
  });

  test("a long clip: page by page, notes off the grid and beyond what is heard stay as they are", async () => {
    const strange: Partial<ModelNote>[] = Array.from({ length: 400 }, (_, index) => ({
      start: index * 0.631 + 0.0071,
      duration: 0.3337,
      pitch: 30 + (index % 20),
      channel: index % 3,
      chance: index / 400,
    }));
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 240, notes: [...strange, ...eighths(0, 300, 70)] });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 23, 26);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.errors).toEqual([]);
    expectFilled(clip, before, 88, 104);
    const notes = present(sentRequests(bitwig)[0]?.tracks[0]?.notes);
    expect(Math.max(...notes.map(({ startTick }) => startTick))).toBeLessThan(240 * 48);
    expect(new Set(notes.map(({ channel }) => channel))).toEqual(new Set([0, 1, 2]));
  });

  test("no more than 64 bars on either side are sent", async () => {
    const { bitwig } = await open((made) => {
      made.addLauncherClip({ length: 800, notes: eighths(0, 800) });
    });
    inPlace(bitwig);
    setBars(bitwig, 101, 104);
    await bitwig.finish("Fill", FILLED);
    const starts = present(sentRequests(bitwig)[0]?.tracks[0]).notes.map(({ startTick }) => startTick / 48);
    expect([Math.min(...starts), Math.max(...starts)]).toEqual([400 - 256, 416 + 256 - 0.5]);
  });

  test(
    "a region of 10,000 notes, and no callback does much of it",
    async () => {
      const many: Partial<ModelNote>[] = Array.from({ length: 10_000 }, (_, index) => ({
        start: 16 + Math.floor(index / 20) / 8,
        duration: 0.125,
        pitch: 30 + (index % 20),
      }));
      const { bitwig, project } = await open((made) => {
        made.addLauncherClip({ length: 96, notes: [...eighths(0, 16), ...many, ...eighths(80, 96)] });
      });
      const clip = present(project.launcherClip());
      const before = structuredClone(clip.notes);
      inPlace(bitwig);
      setBars(bitwig, 5, 20);
      bitwig.panel.set("Candidates", 1);
      await bitwig.finish("Fill", FILLED, LONG_MS);
      expectFilled(clip, before, 16, 80);
      expect(bitwig.mostCells).toBeGreaterThan(5_000);
      expect(bitwig.mostCells).toBeLessThan(20_000);
    },
    LONG_MS,
  );

  test("cells without a note are not looked at, and those with one a few times", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 64, notes: [...eighths(0, 24), ...eighths(40, 64)] });
    });
    const clip = present(project.launcherClip());
    inPlace(bitwig);
    setBars(bitwig, 7, 10);
    Object.assign(work, { looks: 0, emptyLooks: 0 });
    await bitwig.finish("Fill", FILLED);
    // What was cleared may be looked at once more.
    expect(work.emptyLooks).toBeLessThanOrEqual(8 * 2);
    expect(work.looks).toBeGreaterThan(0);
    expect(work.looks).toBeLessThan(4 * clip.notes.length);
  });

  test("music that looks the same on every page, whatever was shown before", async () => {
    // A page holds 16 of these exactly.
    const same = Array.from({ length: 96 }, (_, index) => ({
      start: (index * 2) / 3,
      duration: 1 / 3,
      pitch: 60,
    }));
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 64, notes: same });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 7, 10);
    await bitwig.finish("Fill", FILLED);
    expect(present(sentRequests(bitwig)[0]?.tracks[0]).notes).toHaveLength(same.length);
    expectFilled(clip, before, 24, 40);
  });

  test.each([false, true])(
    "the end of a clip that does not loop, if Bitwig tells its length: %s",
    async (isLength) => {
      const { bitwig, project } = await open((made) => {
        made.isPlayStopLength = isLength;
        made.addLauncherClip({
          ...{ length: 32, playStart: 8, loopStart: 8, loopLength: 24, isLooping: false },
          notes: eighths(0, 48),
        });
      });
      const clip = present(project.launcherClip());
      const before = structuredClone(clip.notes);
      inPlace(bitwig);
      await bitwig.finish("Fill", FILLED);
      expectFilled(clip, before, 8, 32);
      setBars(bitwig, 7, 12);
      await bitwig.finish("Fill", FILLED);
      expect(sentRequests(bitwig)[1]?.region).toMatchObject({ startTick: 24 * 48, endTick: 32 * 48 });
    },
  );

  test.each([false, true])(
    "a clip that starts late and ends early, if Bitwig tells its length: %s",
    async (isLength) => {
      const { bitwig, project } = await open((made) => {
        made.isPlayStopLength = isLength;
        // Its loop says nothing of its end.
        made.addLauncherClip({
          length: 24,
          playStart: 16,
          loopStart: 0,
          loopLength: 64,
          isLooping: false,
          notes: eighths(0, 48),
        });
      });
      const clip = present(project.launcherClip());
      const before = structuredClone(clip.notes);
      inPlace(bitwig);
      await bitwig.finish("Fill", FILLED);
      expectFilled(clip, before, 16, 24);
    },
  );

  test("muted notes are not heard, and stay", async () => {
    const muted = eighths(16, 32, 60).map((note) => ({ ...note, isMuted: true }));
    const { bitwig, project } = await open((made) => {
      const outside = { start: 4.25, duration: 0.25, pitch: 100, isMuted: true };
      made.addLauncherClip({ length: 48, notes: [...eighths(0, 16), outside, ...muted, ...eighths(32, 48)] });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 16, 32);
    for (const note of within(before, 16, 32)) expect(clip.notes).toContainEqual(note);
    const [request] = sentRequests(bitwig);
    expect(present(request).tracks[0]?.notes.filter(({ pitch }) => pitch === 100)).toEqual([]);
    expect(request?.lockedNotes).toHaveLength(32);
  });

  test("a note that sounds into the region stays", async () => {
    const { bitwig, project } = await open((made) => {
      const long = { start: 15, duration: 6, pitch: 48, chance: 0.5 };
      made.addLauncherClip({ length: 48, notes: [...eighths(0, 48), long] });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 16, 32);
  });

  test("a new note that sounds over the end of a page meets no old one there, whatever the seed", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 64, notes: eighths(0, 64) });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 7, 10);
    for (let seed = 1; seed <= 4; seed++) {
      bitwig.panel.set("Seed", seed);
      await bitwig.finish("Fill", FILLED);
      expectFilled(clip, before, 24, 40);
    }
  });

  test("settings reach the daemon, and the project remembers them", async () => {
    const { bitwig, daemon, project } = await open((made) => {
      made.addLauncherClip({ length: 32, notes: eighths(0, 32) });
    });
    const settings = {
      Density: 7,
      "Notes at once": 1,
      "Lowest pitch": 55,
      "Highest pitch": 79,
      Scale: "D dorian",
      Rhythm: "Of the old notes",
      Temperature: 0.8,
      Candidates: 3,
      Model: "tiny",
    };
    for (const [label, value] of Object.entries(settings)) bitwig.panel.set(label, value);
    setBars(bitwig, 3, 4);
    bitwig.quit();

    const later = new Bitwig({ project, home: daemon.home });
    await later.finish("Fill", FILLED);
    const [request] = sentRequests(later);
    expect(request).toMatchObject({
      region: { startTick: 8 * 48, endTick: 16 * 48 },
      controls: { density: 7, polyphony: 1, pitchRange: [55, 79], scale: "D dorian", rhythm: "keep" },
      sampling: { temperature: 0.8, candidates: 3 },
      model: "tiny",
    });
    for (const { pitch, start } of within(present(project.launcherClip()).notes, 8, 16)) {
      expect(pitch).toBeGreaterThanOrEqual(55);
      expect(pitch).toBeLessThanOrEqual(79);
      expect([2, 4, 5, 7, 9, 11, 0]).toContain(pitch % 12);
      expect((start * 2) % 1).toBe(0);
    }
  });
});
