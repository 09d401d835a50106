// A song of many notes that are all in sight at once, as `roll/open` takes it.
const PPQ = 480;
const TRACKS = 8;
const SPREAD = 36;

/** @param count  notes of all tracks together; sixteenths in chords of two */
export function denseSong(count) {
  const each = Math.ceil(count / TRACKS);
  const tracks = Array.from({ length: TRACKS }, (_, track) => ({
    id: `track-${track}`,
    name: `Track ${track + 1}`,
    program: track * 8,
    notes: Array.from({ length: each }, (_, k) => ({
      startTick: Math.floor(k / 2) * (PPQ / 4),
      durationTicks: PPQ / 4 - 10,
      pitch: 30 + ((track * 11 + k * 7 + (k % 2) * 4) % SPREAD) + track,
      velocity: 40 + ((k * 13) % 80),
      channel: track,
    })),
  }));
  return {
    ppq: PPQ,
    tempoMap: [{ tick: 0, qpm: 120 }],
    timeSignatures: [{ tick: 0, numerator: 4, denominator: 4 }],
    tracks,
  };
}
