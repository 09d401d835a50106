/**
 * Repeats a fill of the journal: the same request, model, seed and device class give the same notes.
 */
import { BridgeError } from "../bridge-error.ts";
import type { Existing } from "../engine/file-region.ts";
import { fillSong, needsModel, type SeededRequest } from "../engine/fill.ts";
import { chooseModel } from "../engine/models.ts";
import { writeSong } from "../engine/song-file.ts";
import type { Candidate, FillResult } from "../protocol/fill.ts";
import type { FillNote, Note } from "../protocol/song.ts";
import type { Entry } from "./journal/entries.ts";
import { readJournal } from "./journal/journal.ts";
import { BY_HAND } from "./rolls/answer.ts";

export interface ReplayOptions {
  env: NodeJS.ProcessEnv;
  /** Of this program. */
  version: string;
  signal: AbortSignal;
  /** What becomes of a file where the result goes. */
  existing?: Existing;
  /** Index in the answer; what was accepted, or the first, where left out. */
  candidate?: number;
}

interface ReplayReport {
  jobId: string;
  file: string;
  seed: number;
  candidate: number;
  candidates: number;
  isSame: boolean;
  /** What is not as it was: program, model, device, notes; lines that are damaged. */
  differences: string[];
  /** What became of a file that was there. */
  warnings: FillResult["warnings"];
}

interface Recorded {
  request: SeededRequest;
  result: FillResult;
  version: string;
  accepted: number | undefined;
}

/**
 * @throws BridgeError JOB_NOT_FOUND, JOB_UNANSWERED, CANDIDATE_NOT_FOUND and those of the fill
 */
export async function replay(id: string, output: string, options: ReplayOptions): Promise<ReplayReport> {
  const { env, signal } = options;
  const { jobId, recorded, damaged } = await find(id, env);
  const { request, result, version, accepted } = recorded;
  const candidate = options.candidate ?? accepted ?? 0;
  const wanted = result.candidates[candidate];
  if (wanted === undefined) {
    throw new BridgeError(
      "CANDIDATE_NOT_FOUND",
      `the fill has ${result.candidates.length} candidates; choose one of them`,
      { data: { jobId, candidate } },
    );
  }
  // What the musician wrote by hand is not made again.
  const again = result.model.id === BY_HAND ? result : await madeAgain(request, result, env, signal);
  const found = again.candidates.find(({ seed }) => seed === wanted.seed);
  const isSame = found !== undefined && sameNotes(found.notes, wanted.notes);
  const differences = [
    ...(damaged > 0 ? [`${damaged} lines of the journal are damaged and were left out`] : []),
    ...changed("program", version, options.version),
    ...changed(
      "model",
      `${result.model.id} ${result.model.sha256}`,
      `${again.model.id} ${again.model.sha256}`,
    ),
    ...changed("device", result.device, again.device),
    ...(isSame ? [] : ["the notes are others; those of the journal were written"]),
  ];
  const song = { ...request, tracks: filled(request, result, wanted) };
  const { file, warnings = [] } = await writeSong(song, output, options.existing ?? "keep");
  const { seed } = wanted;
  const candidates = result.candidates.length;
  return { jobId, file, seed, candidate, candidates, isSame, differences, warnings };
}

function madeAgain(
  request: SeededRequest,
  result: FillResult,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FillResult> {
  // The time that it had says nothing of the notes.
  const { deadlineMs: _, ...timeless } = request;
  if (!needsModel(request.mode)) return fillSong(timeless, undefined, { signal });
  const model = chooseModel(request.model ?? result.model.id, env);
  return fillSong(timeless, { model, device: "auto" }, { signal });
}

async function find(id: string, env: NodeJS.ProcessEnv) {
  let [damaged, version] = [0, ""];
  let last: string | undefined;
  let request: (Extract<Entry, { type: "request" }> & { version: string }) | undefined;
  let [result, accepted]: [FillResult | undefined, number | undefined] = [undefined, undefined];
  let wanted = id;
  if (id === "last") {
    const isAnswer = ({ type }: { type?: string }) => type === "answer";
    for await (const { entry } of readJournal(env, isAnswer))
      if (entry?.type === "answer") last = entry.jobId;
    wanted = last ?? id;
  }
  const isOfIt = ({ type, jobId }: { type?: string; jobId?: string }) =>
    type === "daemon" || jobId === wanted;
  for await (const { entry } of readJournal(env, isOfIt)) {
    if (entry === undefined) damaged += 1;
    else if (entry.type === "daemon") version = entry.version;
    else if (entry.type === "request") request = { ...entry, version };
    else if (entry.type === "answer") result = entry.result;
    else if (entry.type === "accept") accepted = entry.candidate;
  }
  if (request === undefined) {
    const hint = damaged > 0 ? `, ${damaged} of its lines are damaged` : "";
    throw new BridgeError(
      "JOB_NOT_FOUND",
      `the journal has no fill ${id.slice(0, 64)}${hint}; continuo replay last takes the last`,
      {
        data: { jobId: wanted, damagedLines: damaged },
      },
    );
  }
  const { seed } = request.request.sampling;
  if (result === undefined || seed === undefined) {
    throw new BridgeError(
      "JOB_UNANSWERED",
      `the fill ${wanted} has no answer in the journal: it failed or was cancelled`,
      {
        data: { jobId: wanted },
      },
    );
  }
  const seeded = { ...request.request, sampling: { ...request.request.sampling, seed } };
  const recorded: Recorded = { request: seeded, result, version: request.version, accepted };
  return { jobId: wanted, recorded, damaged };
}

function changed(what: string, then: string, now: string): string[] {
  return then === now ? [] : [`the ${what} was ${then}, now it is ${now}`];
}

function sameNotes(one: readonly Note[], other: readonly Note[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The tracks with the old notes of the region exchanged for the new ones. */
function filled({ tracks, region }: SeededRequest, { removed }: FillResult, { notes }: Candidate) {
  const key = (note: Note) => `${note.startTick} ${note.pitch} ${note.durationTicks} ${note.channel}`;
  const filledIds = new Set([region.trackId, region.trackIds ?? []].flat());
  return tracks.map((track) => {
    if (!filledIds.has(track.id)) return track;
    const isOwn = ({ trackId }: FillNote) => trackId === undefined || trackId === track.id;
    const gone = new Set(removed.filter(isOwn).map(key));
    const added = notes.filter(isOwn).map(({ trackId: _, ...note }) => note);
    return { ...track, notes: [...track.notes.filter((note) => !gone.has(key(note))), ...added] };
  });
}
