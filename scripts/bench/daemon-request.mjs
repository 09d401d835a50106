// What the clients of a measurement ask for.
const PPQ = 480;
const BAR = 4 * PPQ;

/** Four bars of a melody over a bass, with 100 notes around them. */
export function request(index) {
  const shape = [0, 2, 4, 5, 7, 9, 11, 12];
  const notes = (lowest, bars, every) =>
    bars.flatMap((bar) =>
      Array.from({ length: 4 * every }, (_, k) => ({
        startTick: bar * BAR + (k * PPQ) / every,
        durationTicks: PPQ / every,
        pitch: lowest + shape[(k * 3 + bar + index) % shape.length],
        velocity: 64 + ((k * 7 + index) % 32),
        channel: 0,
      })),
    );
  const around = [0, 1, 2, 3, 8, 9, 10, 11];
  return {
    ppq: PPQ,
    tempoMap: [{ tick: 0, qpm: 80 + index }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks: [
      { id: "melody", name: "Melody", program: 0, notes: notes(60 + (index % 5), around, 2) },
      { id: "bass", name: "Bass", program: 33, notes: notes(36, [2, 3, 4, 5, 6, 7, 8, 9, 10], 1) },
    ],
    region: { trackId: "melody", startTick: 4 * BAR, endTick: 8 * BAR },
    sampling: { seed: 1000 + index },
  };
}
