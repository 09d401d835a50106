/**
 * Ardour: what a request tells the daemon about the session, without a window.
 */
import { expect } from "vitest";
import { withDrums } from "../../../bridge/engine/song-file.ts";
import type { FillRequest } from "../../../bridge/protocol/fill.ts";
import { ardourMajor, testArdour } from "./support/ardour.ts";
import { byTime, playOne, readBack, type Step } from "./support/headless.ts";
import { doneJob, type PuppetNote, startPuppet } from "./support/puppet.ts";
import { makeSession, type RegionSpec, type SessionSpec } from "./support/session.ts";
import { melody } from "./support/songs.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";

/** One region of one note, from the song's start. */
const region = (name: string, options: Partial<RegionSpec> = {}): RegionSpec => ({
  name,
  position: 0,
  length: 4 * BAR,
  notes: [[0, QUARTER, 40, 80]],
  ...options,
});

/** What a fill of this session asks for, and what Ardour saved of the answer. */
async function asked(spec: SessionSpec, step: Partial<Step>, answer: PuppetNote[] = []) {
  const session = await makeSession(spec);
  const puppet = startPuppet(({ method }) => (method === "fill/start" ? doneJob([answer]) : undefined));
  await playOne(session, puppet.home, { action: "fill", ...step });
  const [request] = puppet.requests();
  if (request === undefined) throw new Error("nothing was asked");
  return { request, session };
}

const track = (request: FillRequest, name: string) => request.tracks.find((each) => each.name === name);
const starts = (request: FillRequest, name: string) =>
  track(request, name)?.notes.map(({ startTick }) => startTick);

testArdour("tempos, meters, and the bars that the title counts", async () => {
  const tempos = [
    { tick: 0, qpm: 20 },
    { tick: 2 * BAR, qpm: 400 },
    { tick: 3 * BAR + QUARTER, qpm: 97.5 },
  ];
  const eighth = QUARTER / 2;
  const meters = [
    { tick: 0, numerator: 4, denominator: 4 },
    { tick: 2 * BAR, numerator: 7, denominator: 8 },
    { tick: 2 * BAR + 14 * eighth, numerator: 12, denominator: 8 },
  ];
  const notes = melody(8);
  const tracks = [{ name: "Lead", regions: [{ name: "Lead-1", position: 0, length: 8 * BAR, notes }] }];
  const range: [number, number] = [2 * BAR, 2 * BAR + 14 * eighth + 12 * eighth];
  const { request, session } = await asked({ tracks, tempos, meters }, { range, tracks: ["Lead"] }, [
    [range[0], 100, 50, 80],
  ]);
  expect(request.ppq).toBe(QUARTER);
  expect(request.timeSignatures).toEqual(meters);
  expect(request.tempoMap?.map(({ tick, qpm }) => [tick, Math.round(qpm * 100) / 100])).toEqual(
    tempos.map(({ tick, qpm }) => [tick, qpm]),
  );
  expect(request.region).toMatchObject({ startTick: range[0], endTick: range[1] });
  const inside = (await readBack(session))["Lead-1"]?.filter(([at]) => at >= range[0] && at < range[1]);
  expect(inside).toEqual([[range[0], 100, 50, 80, 0, 64]]);
});

testArdour("tracks that sound are sent, with their names; drums are known as such", async () => {
  const many = [0, 80 * BAR, 140 * BAR].map((start): [number, number, number, number] => [
    start,
    QUARTER,
    40,
    80,
  ]);
  const { request } = await asked(
    {
      name: "Übung 音",
      tracks: [
        {
          name: 'Größe – 旋律 & <"1">',
          regions: [region("Lead-1", { position: 70 * BAR, notes: melody(2) })],
        },
        { name: "Muted", regions: [region("Muted-1", { position: 70 * BAR })], isMuted: true },
        { name: "Hidden", regions: [region("Hidden-1", { position: 70 * BAR })], isHidden: true },
        { name: "Drum kit", regions: [region("Drums-1", { position: 70 * BAR })] },
        { name: "Kitchen", regions: [region("Ten-1", { position: 70 * BAR, notes: [[0, 100, 36, 80, 9]] })] },
        { name: "Far", regions: [region("Far-1", { length: 200 * BAR, notes: many })] },
      ],
    },
    { regions: ["Lead-1"] },
  );
  const { tracks } = await withDrums(request);
  // Ardour 8 takes out of names what files can't be named.
  const lead = ardourMajor === "7" ? 'Größe – 旋律 & <"1">' : "Größe – 旋律 & __1__";
  expect(tracks.map(({ name, isDrums }) => [name, isDrums])).toEqual([
    [lead, false],
    ["Hidden", false],
    ["Drum kit", true],
    ["Kitchen", true],
    ["Far", false],
  ]);
  // 64 bars on either side of bars 71-74.
  expect(starts(request, "Far")).toEqual([80 * BAR]);
});

testArdour(
  "of a trimmed region what it shows is filled, and what sounds into it hinders no note",
  async () => {
    const trimmed = region("Trimmed-1", {
      position: 8 * BAR,
      start: BAR,
      length: 2 * BAR,
      notes: [
        [0, QUARTER, 60, 80, 0, 12],
        [BAR - QUARTER, 2 * QUARTER, 64, 81, 0, 34],
        [BAR + 2 * QUARTER, QUARTER, 65, 82],
        [3 * BAR, QUARTER, 67, 83],
      ],
    });
    // Begins in the hidden note; runs into one that is not shown; is nowhere in the region.
    const answer: PuppetNote[] = [
      [8 * BAR, QUARTER, 64, 50],
      [9 * BAR, 2 * BAR, 67, 51],
      [11 * BAR, QUARTER, 70, 52],
      [8 * BAR + QUARTER, QUARTER, 72, 53],
      [8 * BAR + QUARTER, QUARTER, 72, 54],
      [8 * BAR + QUARTER + 960, QUARTER, 72, 55],
    ];
    const { request, session } = await asked(
      { tracks: [{ name: "Lead", regions: [trimmed] }] },
      { regions: ["Trimmed-1"] },
      answer,
    );
    expect(request.region).toMatchObject({ startTick: 8 * BAR, endTick: 10 * BAR });
    expect(starts(request, "Lead")).toEqual([8 * BAR - QUARTER, 8 * BAR + 2 * QUARTER]);
    expect((await readBack(session))["Trimmed-1"]).toEqual(
      [
        [0, QUARTER, 60, 80, 0, 12],
        [BAR - QUARTER, 2 * QUARTER, 64, 81, 0, 34],
        [BAR + QUARTER, QUARTER, 72, 53, 0, 64],
        [2 * BAR, BAR, 67, 51, 0, 64],
        [3 * BAR, QUARTER, 67, 83, 0, 64],
      ].sort(byTime),
    );
  },
);

testArdour(
  "of regions that lie over each other, what is heard beside the target stays and is locked",
  async () => {
    const notes = melody(4);
    const { request } = await asked(
      {
        tracks: [
          {
            name: "Lead",
            regions: [
              region("Below-1", { notes, layer: 0 }),
              region("Target-1", { position: BAR, length: 2 * BAR, notes: [[0, 100, 90, 80]], layer: 1 }),
              region("Above-1", {
                ...{ position: 2 * BAR, length: BAR, notes: [[0, 100, 91, 80]], layer: 2 },
                isTransparent: true,
              }),
              region("Muted-1", { position: BAR, notes: [[0, 100, 92, 80]], layer: 3, isMuted: true }),
            ],
          },
        ],
      },
      { regions: ["Target-1"] },
    );
    const outside = notes.map(([start]) => start).filter((start) => start < BAR || start >= 3 * BAR);
    expect(starts(request, "Lead")?.sort((a, b) => a - b)).toEqual(
      [...outside, BAR, 2 * BAR].sort((a, b) => a - b),
    );
    expect(request.lockedNotes?.map(({ startTick, pitch }) => [startTick, pitch])).toEqual([[2 * BAR, 91]]);
  },
);

testArdour("what an opaque region hides is neither filled nor heard", async () => {
  const long: SourceNote = [0, 4 * BAR, 48, 80];
  const { request, session } = await asked(
    {
      tracks: [
        {
          name: "Lead",
          regions: [
            region("Target-1", { notes: melody(4), layer: 0 }),
            region("Above-1", { position: 2 * BAR, notes: [[0, 100, 91, 80]], layer: 1 }),
          ],
        },
        {
          name: "Other",
          regions: [
            region("Low-1", { notes: [long, [3 * BAR, QUARTER, 50, 80]], layer: 0 }),
            region("High-1", { position: 2 * BAR, length: 2 * BAR, notes: [[0, 100, 70, 80]], layer: 1 }),
          ],
        },
      ],
    },
    { regions: ["Target-1"] },
    [
      [0, QUARTER, 99, 80],
      [3 * BAR, QUARTER, 99, 80],
    ],
  );
  expect(request.region).toMatchObject({ startTick: 0, endTick: 2 * BAR });
  const heard = melody(4).filter(([start]) => start < 2 * BAR);
  expect(starts(request, "Lead")).toEqual([...heard.map(([start]) => start), 2 * BAR]);
  expect(
    track(request, "Other")?.notes.map(({ startTick, durationTicks }) => [startTick, durationTicks]),
  ).toEqual([
    [0, 2 * BAR],
    [2 * BAR, 100],
  ]);
  const hidden = melody(4).filter(([start]) => start >= 2 * BAR);
  expect((await readBack(session))["Target-1"]).toEqual([
    [0, QUARTER, 99, 80, 0, 64],
    ...hidden.map((note) => [...note, 0, 64]),
  ]);
});
