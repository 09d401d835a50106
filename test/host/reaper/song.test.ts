/**
 * REAPER: what a request tells the daemon about the project.
 */
import { expect, test } from "vitest";
import { withDrums } from "../../../bridge/engine/song-file.ts";
import type { FillRequest } from "../../../bridge/protocol/fill.ts";
import { onEachLua } from "../shared/lua.ts";
import { eighths, song } from "./support/projects.ts";
import { type FakeProject, FakeReaper, MIDI_EDITOR } from "./support/reaper.ts";
import { scriptedDaemon } from "./support/scripted-daemon.ts";

/** The request of a fill of [start, stop) quarter notes. */
async function requestOf(
  lua: string,
  project: FakeProject,
  start: number,
  stop: number,
): Promise<FillRequest> {
  const daemon = scriptedDaemon();
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(project);
  await reaper.selectTime(start, stop);
  const state = await reaper.run("Fill");
  expect(state.errors).toEqual([]);
  expect(state.said).toEqual(["no time (BUSY). Nothing was changed."]);
  return daemon.request();
}

const names = ({ tracks }: FillRequest) => tracks.map(({ name }) => name);

onEachLua("REAPER's script tells", (lua) => {
  test("tracks, programs, drums and the region", async () => {
    const project = song();
    project.tracks.push(
      { name: "Drum bus", items: [{ start: 0, length: 8, notes: [[0, 960, 36]] }] },
      { name: "Loops", items: [{ start: 0, length: 8, notes: [[0, 960, 36, 80, 9]] }] },
      { name: "Kitchen", items: [{ start: 0, length: 8, notes: [[0, 960, 60]] }] },
      { name: "Audio", items: [{ start: 0, length: 8, is_midi: false }] },
    );
    const request = await requestOf(lua, project, 16, 32);
    expect(request).toMatchObject({
      ppq: 960,
      tempoMap: [{ tick: 0, qpm: 96 }],
      timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
      region: { startTick: 16 * 960, endTick: 32 * 960 },
      mode: "fill",
    });
    expect(request.region.trackId).toBe(request.tracks[0]?.id);
    // As the daemon goes by the names and channels.
    const { tracks } = await withDrums(request);
    expect(tracks.map(({ name, program, isDrums }) => [name, program, isDrums])).toEqual([
      ["Flöte 🎶", 0, false],
      ["Bass", 33, false],
      ["Drum bus", 0, true],
      ["Loops", 0, true],
      ["Kitchen", 0, false],
    ]);
    expect(request.tracks[0]?.notes).toHaveLength(128);
    expect(request.tracks[0]?.notes[9]).toMatchObject({
      startTick: 4320,
      durationTicks: 480,
      pitch: 64,
      velocity: 75,
    });
  });

  test("what sounds, and nothing that is muted", async () => {
    const item = { start: 0, length: 8, notes: eighths(8, 40) };
    const project = song({
      project: {
        tracks: [
          { name: "Lead", mute: true, items: [{ ...item, selected: true }] },
          { name: "Muted", mute: true, items: [item] },
          { name: "Folder", mute: true },
          { name: "In it", parent: 3, items: [item] },
          { name: "Muted item", items: [{ ...item, mute: true }] },
          { name: "Lanes", lanes: true, items: [{ ...item, plays: false }] },
          { name: "Hidden lane", items: [{ ...item, plays: "hidden" }] },
          { name: "Played lane", lanes: true, items: [item] },
          {
            name: "Muted notes",
            items: [
              {
                ...item,
                notes: [
                  [0, 960, 60, 80, 0, "muted"],
                  [960, 1920, 62],
                ],
              },
            ],
          },
          { name: "", items: [item] },
        ],
      },
    });
    const request = await requestOf(lua, project, 0, 4);
    expect(names(request)).toEqual(["Lead", "Played lane", "Muted notes", "Track 10"]);
    expect(request.tracks[2]?.notes.map(({ pitch }) => pitch)).toEqual([62]);
  });

  test("takes of every resolution, place and offset in one time", async () => {
    const project = song({
      project: {
        tracks: [
          {
            name: "Lead",
            items: [{ start: 0, length: 16, selected: true, ppq: 480, notes: eighths(16, 60, 480) }],
          },
          { name: "Late", items: [{ start: 4, length: 4, ppq: 240, notes: eighths(4, 50, 240) }] },
          { name: "Cut", items: [{ start: 8, length: 2, offset: 1, source: 8, notes: eighths(8, 40) }] },
        ],
      },
    });
    const [lead, late, cut] = (await requestOf(lua, project, 4, 8)).tracks;
    expect(lead?.notes.map(({ startTick }) => startTick)).toEqual(
      Array.from({ length: 32 }, (_, at) => at * 480),
    );
    expect(late?.notes.map(({ startTick }) => startTick)).toEqual(
      Array.from({ length: 8 }, (_, at) => 3840 + at * 480),
    );
    expect(cut?.notes.map(({ startTick, pitch }) => [startTick, pitch])).toEqual([
      [7680, 47],
      [8160, 52],
      [8640, 51],
      [9120, 47],
    ]);
  });

  test("items that repeat, pass by pass; those of the target's track stay", async () => {
    const project = song({
      project: {
        tracks: [
          {
            name: "Lead",
            items: [
              {
                start: 0,
                length: 12,
                source: 4,
                loop: true,
                selected: true,
                notes: [
                  [0, 960, 60],
                  [960, 1920, 62],
                ],
              },
              { start: 0, length: 4, notes: [[1920, 2880, 80]] },
            ],
          },
        ],
      },
    });
    const request = await requestOf(lua, project, 0, 12);
    expect(request.region).toMatchObject({ startTick: 0, endTick: 3840 });
    const starts = request.tracks[0]?.notes.map(({ startTick, pitch }) => `${startTick} ${pitch}`).sort();
    expect(starts).toEqual(["0 60", "1920 80", "3840 60", "4800 62", "7680 60", "8640 62", "960 62"]);
    expect(request.lockedNotes.map(({ pitch }) => pitch)).toEqual([80]);
  });

  test("muted notes that new ones could run into, as notes that stay", async () => {
    const request = await requestOf(
      lua,
      song({
        lead: {
          notes: [
            [0, 4_800, 50, 80, 0, "muted"],
            [0, 960, 51, 80, 0, "muted"],
            [3_840, 4_800, 52, 80, 0, "muted"],
            [3_840, 4_800, 60],
            [7_680, 8_640, 53, 80, 0, "muted"],
          ],
        },
      }),
      4,
      8,
    );
    expect(request.tracks[0]?.notes.map(({ pitch }) => pitch)).toEqual([50, 52, 60]);
    expect(request.lockedNotes.map(({ pitch }) => pitch)).toEqual([52]);
  });

  test("64 bars on either side, and not more", async () => {
    const project = song({ project: { tracks: [] } });
    project.tracks = [
      { name: "Lead", items: [{ start: 0, length: 1_000, selected: true, notes: eighths(1_000, 60) }] },
    ];
    const request = await requestOf(lua, project, 480, 496);
    const starts = request.tracks[0]?.notes.map(({ startTick }) => startTick / 960) ?? [];
    expect([Math.min(...starts), Math.max(...starts)]).toEqual([224, 751.5]);
  });

  test.each([
    [7, 8, 20],
    [12, 8, 400],
    [3, 4, 61.5],
  ])("%i/%i at %f quarter notes a minute", async (numerator, denominator, bpm) => {
    const request = await requestOf(lua, song({ project: { numerator, denominator, bpm } }), 0, 7);
    expect(request.tempoMap).toEqual([{ tick: 0, qpm: bpm }]);
    expect(request.timeSignatures).toEqual([{ tick: 0, numerator, denominator }]);
  });

  test("changes of tempo and meter, and a ramp by steps", async () => {
    const markers = [
      { quarters: 0, bpm: 100 },
      { quarters: 8, bpm: 120, numerator: 3, denominator: 4 },
      { quarters: 14, bpm: 60, ramp: true },
      { quarters: 20, bpm: 120 },
      { quarters: 26, bpm: 90, numerator: 7, denominator: 8 },
    ];
    const request = await requestOf(lua, song({ project: { markers } }), 8, 14);
    expect(request.timeSignatures).toEqual([
      { tick: 0, numerator: 4, denominator: 4 },
      { tick: 8 * 960, numerator: 3, denominator: 4 },
      { tick: 26 * 960, numerator: 7, denominator: 8 },
    ]);
    const tempos = request.tempoMap.map(({ tick, qpm }) => [tick / 960, qpm] as const);
    expect(tempos.map(([at]) => at)).toEqual([0, 8, 14, 15, 16, 17, 18, 19, 20, 26]);
    const ramp = tempos.slice(2, 8).map(([, qpm]) => qpm);
    expect(ramp).toEqual([...ramp].sort((a, b) => a - b));
    expect(ramp[0]).toBeGreaterThan(60);
    expect(ramp.at(-1)).toBeLessThan(120);
    expect([tempos[0], tempos[1], ...tempos.slice(8)]).toEqual([
      [0, 100],
      [8, 120],
      [20, 120],
      [26, 90],
    ]);
  });

  test("settings of the project and notes to keep", async () => {
    const daemon = scriptedDaemon();
    const reaper = new FakeReaper(lua, daemon.home);
    await reaper.open(
      song({
        lead: {
          notes: [
            [0, 960, 60, 80, 0, "selected"],
            [960, 1920, 64],
          ],
        },
      }),
    );
    await reaper.edit(1);
    await reaper.run("Keep these notes", undefined, MIDI_EDITOR);
    await reaper.eval(
      `project.input_answers = { "3,1,48,72,D dorian,keep,0.8,0.25,2," } project.editor = nil`,
    );
    await reaper.run("Settings");
    await reaper.selectTime(0, 16);
    const state = await reaper.run("Vary");
    expect(state.said[0]).toBe("Notes that later fills keep: 1");
    expect(daemon.request()).toMatchObject({
      mode: "vary",
      controls: {
        density: 3,
        polyphony: 1,
        pitchRange: [48, 72],
        scale: "D dorian",
        rhythm: "keep",
        amount: 0.25,
      },
      sampling: { temperature: 0.8, candidates: 2 },
      lockedNotes: [{ startTick: 0, pitch: 60 }],
    });
  });
});
