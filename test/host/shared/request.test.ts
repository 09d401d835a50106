/**
 * Requests made by the hosts' Lua, checked by the daemon's schemas, with the musician's settings in them.
 */
import { expect, test } from "vitest";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { onEachLua, runLua } from "./lua.ts";

const NOTE = { start_tick: 0, duration_ticks: 480, pitch: 60, velocity: 80, channel: 0 };
const SONG = {
  ppq: 960,
  tempos: [{ tick: 0, qpm: 96.5 }],
  meters: [{ tick: 0, numerator: 7, denominator: 8 }],
  tracks: [
    { id: "{A-1}", name: "Flöte", notes: [NOTE, { ...NOTE, duration_ticks: 0, velocity: 0, channel: 15 }] },
    { id: "{B-2}", name: "", program: 33, is_drums: true, notes: [] },
  ],
};
const TARGET = { track_id: "{A-1}", start_tick: 960, end_tick: 4800 };

const BUILD = `local request, settings = require("shared.request"), require("shared.settings")
  for _, track in ipairs(input.song.tracks) do track.name = track.name .. (input.suffix or "") end
  return request.build(input.target, input.song, {
    mode = input.mode, values = settings.read(input.settings), locked = input.locked, revision = "2-ab",
  })`;

const build = (lua: string, more: Record<string, unknown> = {}) =>
  runLua(lua, BUILD, { target: TARGET, song: SONG, mode: "fill", locked: [], ...more });

onEachLua("request", (lua) => {
  test("one with nothing set is right, and says what was read", async () => {
    const request = fillRequestSchema.parse(await build(lua));
    expect(request).toMatchObject({
      ppq: 960,
      tempoMap: [{ tick: 0, qpm: 96.5 }],
      timeSignatures: [{ tick: 0, numerator: 7, denominator: 8 }],
      region: { trackId: "{A-1}", startTick: 960, endTick: 4800 },
      mode: "fill",
      controls: {},
      sampling: { temperature: 0.5, candidates: 4 },
      lockedNotes: [],
      revision: "2-ab",
    });
    expect(request.model).toBeUndefined();
    expect(request.tracks[0]).toMatchObject({ id: "{A-1}", name: "Flöte", program: 0 });
    expect(request.tracks[0]?.isDrums).toBe(undefined);
    expect(request.tracks[0]?.notes[1]).toMatchObject({ durationTicks: 1, velocity: 1, channel: 15 });
    expect(request.tracks[1]).toMatchObject({ program: 33, isDrums: true, notes: [] });
  });

  test("every setting goes where it belongs", async () => {
    const settings = JSON.stringify({
      density: 4,
      polyphony: 2,
      lowest: 72,
      highest: 48,
      scale: "D dorian",
      rhythm: "keepOnsets",
      temperature: 0.8,
      amount: 0.25,
      candidates: 3,
      model: "infill-s",
    });
    const request = fillRequestSchema.parse(await build(lua, { settings, mode: "vary", locked: [NOTE] }));
    expect(request).toMatchObject({
      mode: "vary",
      controls: {
        density: 4,
        polyphony: 2,
        pitchRange: [48, 72],
        scale: "D dorian",
        rhythm: "keepOnsets",
        amount: 0.25,
      },
      sampling: { temperature: 0.8, candidates: 3 },
      lockedNotes: [{ startTick: 0, pitch: 60 }],
      model: "infill-s",
    });
  });

  test("whatever a project remembers, settings are in their range", async () => {
    const texts = [
      null,
      "",
      "{",
      "[]",
      "7",
      '"x"',
      '{"density":"many","candidates":1e9,"temperature":-3,"rhythm":"swing","lowest":-4}',
      '{"density":[],"scale":7,"model":{},"highest":900,"candidates":"3","amount":"0.5"}',
      '{"temperature":"nan","polyphony":2.6}',
    ];
    for (const settings of texts) {
      const request = fillRequestSchema.parse(await build(lua, { settings, mode: "vary" }));
      expect(request.sampling.candidates).toBeLessThanOrEqual(16);
      expect(request.sampling.temperature).toBeGreaterThanOrEqual(0.05);
    }
    const odd = fillRequestSchema.parse(await build(lua, { settings: texts.at(-1) }));
    expect(odd.controls.polyphony).toBe(3);
  });

  test("settings come back as they were written", async () => {
    const chunk = `local settings = require("shared.settings")
      local values = settings.read(input)
      return { first = values, again = settings.read(settings.write(values)) }`;
    const found = (await runLua(lua, chunk, '{"density":3,"scale":"auto","temperature":0.35}')) as Record<
      string,
      unknown
    >;
    expect(found.again).toEqual(found.first);
    expect(found.first).toMatchObject({ density: 3, scale: "auto", temperature: 0.35, candidates: 4 });
  });

  test("long names are cut between characters", async () => {
    const request = fillRequestSchema.parse(await build(lua, { suffix: "ö".repeat(3_000) }));
    expect(request.tracks.map(({ name }) => name)).toEqual([`Flöte${"ö".repeat(195)}`, "ö".repeat(200)]);
  });
});
