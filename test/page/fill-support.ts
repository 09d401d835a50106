/**
 * Songs, fills and a simulated daemon for tests of filling in the page.
 */
import type { FillOptions } from "../../bridge/client/client.ts";
import type { Candidate as Answer, FillRequest, FillResult } from "../../bridge/client/generated/protocol.ts";
import {
  EMPTY_SONG,
  inOrder,
  newNote,
  type PageNote,
  type PageRegion,
  type PageSong,
  type PlainNote,
  plainNote,
} from "../../page/document/song.ts";
import { PageClient, type Roll } from "../../page/page-client.ts";
import { Store } from "../../page/state.ts";

export const BAR = 400;
export const PPQ = 100;
/** Bars 3 and 4. */
export const REGION: PageRegion = { trackId: "own", startTick: 2 * BAR, endTick: 4 * BAR };

export function plain(startTick: number, pitch = 60, durationTicks = PPQ): PlainNote {
  return { startTick, durationTicks, pitch, velocity: 90, channel: 0 };
}

export function songOf(own: readonly PlainNote[], other: readonly PlainNote[] = []): PageSong {
  const track = { name: "Piano", program: 0, isDrums: false };
  return {
    ...EMPTY_SONG,
    ppq: PPQ,
    tracks: [
      { ...track, id: "own", notes: inOrder(own.map(newNote)) },
      { ...track, id: "other", notes: inOrder(other.map(newNote)) },
    ],
  };
}

export function notesOf(song: PageSong, trackId = "own"): PlainNote[] {
  return (song.tracks.find(({ id }) => id === trackId)?.notes ?? []).map(plainNote);
}

/** Numbers below a limit that are the same in each run. */
export function dice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Notes that start in a span, none of which sounds at the same time as another one on its pitch. */
export function randomNotes(
  roll: (limit: number) => number,
  { startTick, endTick }: { startTick: number; endTick: number },
  count: number,
  besides: readonly PlainNote[] = [],
): PlainNote[] {
  const notes: PlainNote[] = [];
  for (let tried = 0; tried < count; tried += 1) {
    const start = startTick + roll(endTick - startTick);
    const duration = 1 + roll(Math.min(250, endTick - start));
    const note = { ...plain(start, 60 + roll(5), duration), velocity: 1 + roll(127) };
    if (![...notes, ...besides].some((one) => overlap(one, note))) notes.push(note);
  }
  return notes;
}

export function overlap(a: PlainNote, b: PlainNote): boolean {
  return (
    a.pitch === b.pitch &&
    a.channel === b.channel &&
    a.startTick < b.startTick + b.durationTicks &&
    b.startTick < a.startTick + a.durationTicks
  );
}

export function answerOf(removed: readonly PlainNote[], ...candidates: (readonly PlainNote[])[]): FillResult {
  return {
    model: { id: "tiny", sha256: "0" },
    device: "cpu",
    seed: 7,
    region: REGION,
    removed: [...removed],
    candidates: candidates.map((notes, index) => candidate(notes, index)),
    warnings: [],
    timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs: 0 },
  };
}

export function candidate(notes: readonly PlainNote[], seed: number): Answer {
  return { seed, notes: [...notes], logProbPerNote: -1, copied: 0, outOfScale: 0 };
}

/** A daemon that answers when the test says so. */
export class FakeDaemon {
  readonly calls: { method: string; params: unknown }[] = [];
  readonly fills: {
    request: FillRequest;
    options: FillOptions;
    end: (answer: FillResult | Error) => void;
  }[] = [];

  call(method: string, params: unknown): Promise<unknown> {
    this.calls.push({ method, params });
    if (method === "models/list") return Promise.resolve({ models: [] });
    if (method === "roll/scale") return Promise.resolve({ scale: "D minor" });
    return Promise.resolve({});
  }

  on(): () => void {
    return () => {};
  }

  fill(request: FillRequest, options: FillOptions): Promise<FillResult> {
    options.onStart?.(`job ${this.fills.length + 1}`);
    return new Promise((resolve, reject) => {
      const end = (answer: FillResult | Error) =>
        answer instanceof Error ? reject(answer) : resolve(answer);
      this.fills.push({ request, options, end });
    });
  }

  /** What it was asked but for what every page asks. */
  told(): { method: string; params: unknown }[] {
    return this.calls.filter(({ method }) => method.startsWith("fill/"));
  }
}

/** A page that shows a song. */
export function openStore(song: PageSong): { store: Store; daemon: FakeDaemon } {
  const daemon = new FakeDaemon();
  const store = new Store(new PageClient(daemon as never));
  const tracks = song.tracks.map(({ id, name, program, isDrums, notes }) => ({
    id,
    name,
    program,
    isDrums,
    notes: notes.map(plainNote),
  }));
  const roll: Roll = {
    rollId: "roll",
    title: "Song",
    version: 0,
    openedAt: "2026-01-01T00:00:00Z",
    file: null,
    changedAt: null,
    earlier: null,
    host: null,
    warnings: [],
    song: { ppq: song.ppq, durationTicks: 0, tempoMap: [], timeSignatures: [], tracks },
  };
  store.show(roll);
  return { store, daemon };
}

/** Lets what waits for an answer go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

export function ghostNotes(store: Store): PlainNote[] | undefined {
  return store.ghosts.value?.notes.map(plainNote);
}

export function idsOf(notes: readonly PageNote[]): Set<number> {
  return new Set(notes.map(({ id }) => id));
}
