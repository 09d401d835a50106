/**
 * Songs to fill, small and large.
 */
import type { z } from "zod";
import type { FillResult, fillRequestSchema } from "../../../bridge/protocol/fill.ts";

/** As a client may send it, with what has a default left out. */
type FillRequestInput = z.input<typeof fillRequestSchema>;

const PPQ = 480;
const BAR = 4 * PPQ;

/** Two tracks of eighths; bars 5 and 6 of the first are to be filled. */
export function songRequest(more: Partial<FillRequestInput> = {}): FillRequestInput {
  return {
    ppq: PPQ,
    tempoMap: [{ tick: 0, qpm: 96 }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks: [
      { id: "lead", name: "Lead", program: 0, notes: eighths(80, 60) },
      { id: "bass", name: "Bass", program: 33, notes: eighths(80, 36) },
    ],
    region: { trackId: "lead", startTick: 4 * BAR, endTick: 6 * BAR },
    sampling: { seed: 11 },
    ...more,
  };
}

const STEPS = [0, 4, 7, 12, 11, 7, 4, 2];

function eighths(count: number, lowest: number) {
  return Array.from({ length: count }, (_, index) => ({
    startTick: (index * PPQ) / 2,
    durationTicks: PPQ / 2,
    pitch: lowest + (STEPS[index % STEPS.length] ?? 0),
    velocity: 70 + (index % 4) * 5,
    channel: 0,
  }));
}

/** Takes many seconds, unless it is cancelled. */
export function longRequest(more: Partial<FillRequestInput> = {}): FillRequestInput {
  return songRequest({
    model: "infill-s",
    region: { trackId: "lead", startTick: 4 * BAR, endTick: 68 * BAR },
    sampling: { seed: 5, candidates: 16 },
    ...more,
  });
}

/** About so many bytes of JSON: notes every tick or so, for hundreds of bars. */
export function largeRequest(notes: number): FillRequestInput {
  const many = Array.from({ length: notes }, (_, index) => ({
    startTick: index * 24,
    durationTicks: 20,
    pitch: 40 + (index % 40),
    velocity: 80,
  }));
  return songRequest({
    tracks: [{ id: "lead", notes: many }],
    region: { trackId: "lead", startTick: 100 * BAR, endTick: 102 * BAR },
  });
}

/** What two answers to one request have in common, whatever brought them. */
export function notesOf(result: Pick<FillResult, "candidates">): number[][][] {
  return result.candidates.map(({ notes }) =>
    notes.map(({ startTick, durationTicks, pitch, velocity, channel }) => [
      startTick,
      durationTicks,
      pitch,
      velocity,
      channel,
    ]),
  );
}
