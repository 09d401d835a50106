/**
 * Ardour: which part of the selection is filled, and the message about the rest, in a real session without a window.
 */
import { expect } from "vitest";
import { testArdour } from "./support/ardour.ts";
import { play, readBack, type Step } from "./support/headless.ts";
import { doneJob, type PuppetNote, startPuppet } from "./support/puppet.ts";
import { makeSession, type RegionSpec } from "./support/session.ts";
import { melody } from "./support/songs.ts";
import { BAR, QUARTER } from "./support/source-note.ts";

/** At 120 quarter notes a minute and 48 kHz. */
const SAMPLES_PER_TICK = 12.5;
const EIGHTH = QUARTER / 2;

const region = (name: string, options: Partial<RegionSpec> = {}): RegionSpec => ({
  ...{ name, position: 0, length: 8 * BAR, notes: melody(8) },
  ...options,
});
/** A daemon that answers each fill by one note at the region's begin. */
const startAnswering = () =>
  startPuppet(({ method, params }) => {
    const note: PuppetNote = [params.request?.region.startTick ?? 0, 100, 99, 80];
    return method === "fill/start"
      ? doneJob([[note]])
      : method === "fill/accept"
        ? "json {}\nEND\n"
        : undefined;
  });
const steps = (list: Partial<Step>[]): Step[] => list.map((step) => ({ action: "fill", ...step }));

testArdour("ends drawn by a hand are where it meant them, as near as the zoom lets it be", async () => {
  const session = await makeSession({ tracks: [{ name: "Lead", regions: [region("Lead-1")] }] });
  const puppet = startAnswering();
  // Ticks a pixel, what the mouse left, and what is meant.
  const cases: [number, [number, number], [number, number]][] = [
    // 24 bars a screen: a pixel is 82 ticks, a hand is off by two.
    [82, [2 * BAR - 164, 4 * BAR + 164], [2 * BAR, 4 * BAR]],
    [82, [2 * BAR + 164, 4 * BAR - 164], [2 * BAR, 4 * BAR]],
    [82, [2 * BAR + QUARTER - 100, 3 * BAR + EIGHTH + 150], [2 * BAR + QUARTER, 3 * BAR + EIGHTH]],
    // All of a song on the screen: nobody points at less than a bar there.
    [800, [2 * BAR - 900, 5 * BAR + 1500], [2 * BAR, 5 * BAR]],
    // What Ardour's own grid gave stays: a triplet, a thirty-second note.
    [
      82,
      [2 * BAR + (QUARTER * 2) / 3, 3 * BAR + QUARTER / 8],
      [2 * BAR + (QUARTER * 2) / 3, 3 * BAR + QUARTER / 8],
    ],
    // Four bars a screen: an end between the lines is meant.
    [14, [2 * BAR + 40, 3 * BAR + 170], [2 * BAR, 3 * BAR + 170]],
  ];
  await play(
    session,
    puppet.home,
    steps(
      cases.map(([ticks, range]) => ({
        range,
        tracks: ["Lead"],
        zoom: Math.round(ticks * SAMPLES_PER_TICK),
      })),
    ),
  );
  expect(puppet.requests().map(({ region: { startTick, endTick } }) => [startTick, endTick])).toEqual(
    cases.map(([, , meant]) => meant),
  );
});

testArdour("locked regions are refused with a word, and so are linked copies of them", async () => {
  const spec = [
    region("Free-1", { position: 8 * BAR }),
    region("Locked-1", { isLocked: true }),
    region("Copy-1", { position: 16 * BAR, notes: [], linkedTo: "Locked-1" }),
  ];
  const session = await makeSession({ tracks: [{ name: "Lead", regions: spec }] });
  const before = await readBack(session);
  const puppet = startAnswering();
  const [alone, copy, both] = await play(
    session,
    puppet.home,
    steps([
      { range: [0, 2 * BAR], tracks: ["Lead"] },
      { regions: ["Copy-1"] },
      { regions: ["Locked-1", "Free-1"] },
    ]),
  );
  expect(alone?.messages).toEqual(["Locked, so not filled: Locked-1."]);
  expect(copy?.messages).toEqual(["Locked, so not filled: Copy-1 (linked to a locked region)."]);
  expect(both).toMatchObject({ messages: [], hints: ["Continuo: Locked, so not filled: Locked-1."] });
  expect(puppet.requests()).toHaveLength(1);
  expect(await readBack(session)).toEqual({ ...before, "Free-1": [[0, 100, 99, 80, 0, 64]] });
});

testArdour(
  "a region that another hides in part is filled on both sides of it, in all it is refused",
  async () => {
    const spec = [
      region("Low-1", { layer: 0 }),
      region("High-1", { position: 2 * BAR, length: BAR, notes: [[0, 100, 50, 80]], layer: 1 }),
      region("Small-1", { position: 2 * BAR, length: QUARTER, notes: [[0, 100, 51, 80]], layer: 0 }),
    ];
    const session = await makeSession({ tracks: [{ name: "Lead", regions: spec }] });
    const puppet = startAnswering();
    const [hidden, sides] = await play(
      session,
      puppet.home,
      steps([{ regions: ["Small-1"] }, { regions: ["Low-1"] }]),
    );
    expect(hidden?.messages).toEqual(["Hidden by a region above, so not filled: Small-1."]);
    expect(sides?.messages).toEqual([]);
    expect(puppet.requests().map(({ region: { startTick, endTick } }) => [startTick, endTick])).toEqual([
      [0, 2 * BAR],
      [3 * BAR, 8 * BAR],
    ]);
    const under = melody(8).filter(([start]) => start >= 2 * BAR && start < 3 * BAR);
    expect((await readBack(session))["Low-1"]).toEqual([
      [0, 100, 99, 80, 0, 64],
      ...under.map((note) => [...note, 0, 64]),
      [3 * BAR, 100, 99, 80, 0, 64],
    ]);
  },
);
