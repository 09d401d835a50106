/**
 * Bitwig: the script's buttons with the real daemon, and the clip afterwards.
 */
import { expect, test } from "vitest";
import { onEachEngine } from "./support/bitwig.ts";
import type { ClipModel } from "./support/clip-model.ts";
import {
  eighths,
  expectFilled,
  FILLED,
  inPlace,
  open,
  present,
  sentRequests,
  setBars,
  shape,
  sorted,
  within,
} from "./support/music.ts";

const SONG = { length: 48, notes: [...eighths(0, 16), ...eighths(32, 48)] };

onEachEngine(() => {
  test("four bars of a launcher clip are filled in a copy in the next free slot", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG);
    });
    const [track] = project.tracks;
    const clip = present(project.launcherClip());
    const taken = clip.clone();
    if (track !== undefined) track.slots[1] = taken;
    const before = structuredClone(clip.notes);
    setBars(bitwig, 5, 8);
    expect(await bitwig.finish("Fill", FILLED)).toMatch(/^Continuo: Filled bars 5-8, candidate 1 of 4\./);
    expect(bitwig.errors).toEqual([]);
    expect([clip.notes, clip.history]).toEqual([before, []]);
    expect(taken.history).toEqual([]);
    expect(project.launcher).toEqual({ track: 0, scene: 2 });
    expectFilled(present(project.launcherClip()), before, 16, 32);
  });

  test("in the clip itself every step of undo leads back", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 16, 32);
    expect(project.launcher).toEqual({ track: 0, scene: 0 });
    while (clip.history.length > 0) clip.undo();
    expect(sorted(clip.notes)).toEqual(sorted(before));
  });

  test("an arranger clip is filled where it is", async () => {
    const { bitwig, project } = await open((made) => {
      made.addArrangerClip({ ...SONG, isLooping: false });
    });
    const clip = present(project.arranger).clip;
    const before = structuredClone(clip.notes);
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.errors).toEqual([]);
    expectFilled(clip, before, 16, 32);
  });

  test("of a launcher and an arranger clip the one that was touched last is meant, or the one that is set", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG, made.addTrack("Lead"));
      made.addArrangerClip(SONG, made.addTrack("Bass"));
    });
    setBars(bitwig, 5, 8);
    inPlace(bitwig);
    const launcher = present(project.launcherClip());
    const arranger = present(project.arranger).clip;
    await bitwig.seen();
    launcher.loopStart = 4;
    project.change();
    await bitwig.finish("Fill", FILLED);
    expect([launcher.history.length > 0, arranger.history.length > 0]).toEqual([true, false]);
    // What was filled is still meant by "again".
    arranger.loopStart = 4;
    project.change();
    expect(await bitwig.finish("Fill again", FILLED)).toMatch(/candidate 2/);
    expect(arranger.history).toEqual([]);
    bitwig.panel.set("Clip", "Arranger (unproven)");
    await bitwig.finish("Fill", FILLED);
    expect(arranger.history.length).toBeGreaterThan(0);
    expect(sentRequests(bitwig).map(({ tracks }) => tracks[0]?.name)).toEqual(["Lead", "Bass"]);
  });

  test("selected notes are the region, else the loop", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 32, loopStart: 8, loopLength: 16, notes: eighths(0, 32) });
    });
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    inPlace(bitwig);
    await bitwig.finish("Fill", FILLED);
    expectFilled(clip, before, 8, 24);
    for (const note of within(clip.notes, 4, 6)) note.isSelected = true;
    project.change();
    await bitwig.finish("Fill", FILLED);
    expect(sentRequests(bitwig).map(({ region }) => [region.startTick, region.endTick])).toEqual([
      [8 * 48, 24 * 48],
      [4 * 48, 6 * 48],
    ]);
  });

  test("fill again takes the next candidate, without the daemon, then asks for others", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG);
    });
    setBars(bitwig, 5, 8);
    bitwig.panel.set("Candidates", 2);
    bitwig.panel.set("Seed", 17);
    await bitwig.finish("Fill", FILLED);
    const copy = present(project.launcherClip());
    const first = shape(within(copy.notes, 16, 32));
    const before = structuredClone(copy.notes);
    expect(await bitwig.finish("Fill again", FILLED)).toMatch(/candidate 2 of 2/);
    expectFilled(copy, before, 16, 32);
    expect(project.launcherClip()).toBe(copy);
    const second = shape(within(copy.notes, 16, 32));
    expect(second).not.toEqual(first);
    expect(sentRequests(bitwig)).toHaveLength(1);

    expect(await bitwig.finish("Fill again", FILLED)).toMatch(/candidate 1 of 2/);
    expect(project.launcherClip()).toBe(copy);
    const [one, two] = sentRequests(bitwig);
    expect(two?.tracks[0]?.notes).toEqual(one?.tracks[0]?.notes);
    expect([one?.sampling.seed, two?.sampling.seed]).toEqual([17, 18]);
    expect(bitwig.requests("fill/reject")).toHaveLength(1);
    expect(bitwig.requests("fill/accept")).toHaveLength(0);
    expect(shape(within(copy.notes, 16, 32))).not.toEqual(second);
  });

  test("continue goes on after the last note's bar, or after the selected notes", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 32, notes: eighths(0, 15) });
    });
    inPlace(bitwig);
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    await bitwig.finish("Continue", FILLED);
    expectFilled(clip, before, 16, 32);
    for (const note of within(clip.notes, 4, 8)) note.isSelected = true;
    project.change();
    await bitwig.finish("Continue", FILLED);
    expect(sentRequests(bitwig).map(({ mode, region }) => [mode, region.startTick, region.endTick])).toEqual([
      ["continue", 16 * 48, 32 * 48],
      ["continue", 8 * 48, 32 * 48],
    ]);
  });

  test("continue without room says so", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 16, notes: eighths(0, 16) });
    });
    expect(await bitwig.finish("Continue", /no room/)).toMatch(/Nothing was changed/);
    expect(present(project.launcherClip()).history).toEqual([]);
  });

  test("vary leaves the notes that stay as they are, in every property", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    bitwig.panel.set("Vary", 0.25);
    const clip = present(project.launcherClip());
    const before = structuredClone(clip.notes);
    await bitwig.finish("Vary", FILLED);
    expectFilled(clip, before, 16, 32);
    expect(sentRequests(bitwig)[0]?.controls.amount).toBe(0.25);
    // A note that the script writes has no chance of 0.25 any more.
    const stayed = within(clip.notes, 16, 32).filter(({ chance }) => chance === 0.25);
    expect(stayed.length).toBeGreaterThan(15);
    for (const note of stayed) expect(before).toContainEqual(note);
  });

  test("humanize keeps the pitches and their number", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    inPlace(bitwig);
    setBars(bitwig, 5, 8);
    bitwig.panel.set("Vary", 1);
    const clip = present(project.launcherClip());
    const pitches = () =>
      within(clip.notes, 16, 32)
        .map(({ pitch }) => pitch)
        .sort();
    const [before, old] = [pitches(), structuredClone(within(clip.notes, 16, 32))];
    await bitwig.finish("Humanize", FILLED);
    expect(pitches()).toEqual(before);
    expect(within(clip.notes, 16, 32)).not.toEqual(old);
    expect(sentRequests(bitwig)[0]).toMatchObject({ mode: "humanize", controls: { amount: 1 } });
  });

  test("kept notes stay in later fills, until they are no longer kept", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    const original = present(project.launcherClip());
    setBars(bitwig, 5, 8);
    for (const note of within(original.notes, 18, 20)) note.isSelected = true;
    const kept = within(original.notes, 18, 20);
    project.change();
    expect(await bitwig.finish("Keep these notes", /kept/)).toBe(
      "Continuo: 4 notes are kept in later fills.",
    );
    await bitwig.finish("Fill", FILLED);
    const copy = present(project.launcherClip());
    expect(copy).not.toBe(original);
    for (const note of kept) expect(copy.notes).toContainEqual(note);
    expect(sentRequests(bitwig)[0]?.lockedNotes).toHaveLength(4);
    // They are kept in the copy too.
    await bitwig.finish("Fill again", FILLED);
    for (const note of kept) expect(copy.notes).toContainEqual(note);

    expect(await bitwig.finish("Keep these notes", /kept/)).toMatch(/4 notes are no longer kept/);
    await bitwig.finish("Fill", FILLED);
    expect(sentRequests(bitwig).at(-1)?.lockedNotes).toEqual([]);
  });

  test("notes of a fill that are kept then stay when it is filled again", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG);
    });
    setBars(bitwig, 5, 8);
    await bitwig.finish("Fill", FILLED);
    const copy = present(project.launcherClip());
    const [kept] = within(copy.notes, 16, 32);
    const note = present(kept);
    note.isSelected = true;
    project.change();
    await bitwig.finish("Keep these notes", /1 note is kept/);
    expect(bitwig.requests("fill/accept")).toEqual([expect.objectContaining({ candidate: 0 })]);
    await bitwig.finish("Fill again", FILLED);
    expect(sentRequests(bitwig)).toHaveLength(2);
    expect(sentRequests(bitwig)[1]?.lockedNotes).toHaveLength(1);
    expect(copy.notes).toContainEqual(note);
  });

  test("kept notes that are selected are not the region", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 16, notes: eighths(0, 16) });
    });
    const kept = within(present(project.launcherClip()).notes, 4, 8);
    for (const note of kept) note.isSelected = true;
    project.change();
    await bitwig.finish("Keep these notes", /8 notes are kept/);
    await bitwig.finish("Fill", FILLED);
    expect(sentRequests(bitwig)[0]?.region).toMatchObject({ startTick: 0, endTick: 16 * 48 });
    expect(project.launcherClip()?.notes).toEqual(expect.arrayContaining(kept));
  });

  test("nothing is kept where nothing is selected", async () => {
    const { bitwig } = await open((made) => {
      made.addLauncherClip(SONG);
    });
    await bitwig.finish("Keep these notes", /Select the notes to keep first/);
  });

  test("what was kept is told when the musician goes on, unless it was taken back", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip({ length: 48, notes: eighths(0, 48) });
    });
    inPlace(bitwig);
    const clip = present(project.launcherClip());
    setBars(bitwig, 5, 6);
    await bitwig.finish("Fill", FILLED);
    await bitwig.finish("Fill again", FILLED);
    setBars(bitwig, 8, 9);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.requests("fill/accept")).toEqual([expect.objectContaining({ candidate: 1 })]);
    while (clip.history.length > 0) clip.undo();
    project.change();
    setBars(bitwig, 1, 2);
    await bitwig.finish("Fill", FILLED);
    expect(bitwig.requests("fill/accept")).toHaveLength(1);
  });

  function clipOf(clip: ClipModel): string[] {
    return shape(clip.notes);
  }

  test("the same seed fills the same notes", async () => {
    const { bitwig, project } = await open((made) => {
      made.addLauncherClip(SONG);
    });
    const [track] = project.tracks;
    setBars(bitwig, 5, 8);
    bitwig.panel.set("Seed", 17);
    await bitwig.finish("Fill", FILLED);
    const first = clipOf(present(project.launcherClip()));
    project.select(present(track), 0);
    await bitwig.finish("Fill", FILLED);
    expect(clipOf(present(project.launcherClip()))).toEqual(first);
    expect(project.launcher).toEqual({ track: 0, scene: 2 });
  });
});
