/**
 * A finished fill: its region, the old notes, and its candidates.
 */
import type { Candidate as Answer, FillResult } from "../../bridge/client/generated/protocol.ts";
import { part } from "../document/match.ts";
import {
  type AddedTrack,
  inOrder,
  newNoteOnTrack,
  notesIn,
  type OnTrack,
  ofTrack,
  onTrack,
  type PageNote,
  type PageRegion,
  type PageSong,
  type PlainNote,
  plainNote,
  regionsOf,
} from "../document/song.ts";
import { warningText } from "./words.ts";

export interface Candidate {
  readonly seed: number;
  /** Everything that comes if it is taken, in all tracks. */
  readonly notes: readonly OnTrack<PageNote>[];
  /** Share of notes in sequences that also occur nearby, 0 to 1. */
  readonly copied: number;
  /** Share of notes outside the scale around, 0 to 1. */
  readonly outOfScale: number;
}

export interface FillRecord {
  /** Tells fills of the page apart. */
  readonly key: string;
  readonly jobId: string;
  readonly region: PageRegion;
  /** Such as "Bars 5-8". */
  readonly title: string;
  /** What was asked for, in a few words. */
  readonly summary: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly seed: number;
  readonly modelId: string;
  /** Notes of the region when it was asked for. */
  readonly before: readonly OnTrack<PlainNote>[];
  /** Those of them that make room. */
  readonly leaving: readonly OnTrack<PlainNote>[];
  readonly candidates: readonly Candidate[];
  /** What the daemon has to say of it. */
  readonly warnings: readonly string[];
  /** Seeds of the candidates with a star. */
  readonly starred: readonly number[];
  /** A track that comes into the song with what is taken first. */
  readonly draft?: AddedTrack | undefined;
}

/** Notes in place of the region's own, such as those that are to be varied. */
export interface Base {
  readonly region: PageRegion;
  readonly notes: readonly OnTrack<PageNote>[];
  /** Notes of the song that go for them. */
  readonly old: readonly PageNote[];
}

/** What is known of a fill before its answer. */
export interface Asked {
  readonly song: PageSong;
  readonly region: PageRegion;
  readonly base: Base | undefined;
  readonly jobId: string;
  readonly title: string;
  readonly summary: string;
  readonly at: number;
  readonly draft?: AddedTrack | undefined;
}

export function recordOf(asked: Asked, result: FillResult): FillRecord {
  const { song, base, ...rest } = asked;
  const { region } = asked;
  const parts = regionsOf(region).map((one) => {
    const inside = notesIn(song, one);
    const removed = ofTrack(result.removed, region, one.trackId);
    const here = <Note extends object>(note: Note) => onTrack(note, region, one.trackId);
    const old = new Set(base?.old.map(({ id }) => id));
    const varied = inside.filter(({ id }) => old.has(id));
    return {
      before: inside.map((note) => here(plainNote(note))),
      stay: part(ofTrack(base?.notes ?? [], region, one.trackId), removed).rest.map(here),
      // The varied notes exclude those that the song has as well, since they would not be changes.
      leaving: [...varied, ...part(inside, removed).found].map((note) => here(plainNote(note))),
    };
  });
  const stay = parts.flatMap((one) => one.stay);
  return {
    ...rest,
    key: `${asked.at} ${asked.jobId}`,
    seed: result.seed,
    modelId: result.model.id,
    before: parts.flatMap(({ before }) => before),
    leaving: parts.flatMap(({ leaving }) => leaving),
    candidates: result.candidates.map((answer) => candidateOf(answer, stay)),
    warnings: result.warnings.map(warningText),
    starred: [],
  };
}

/** @param stay  notes of what was varied that it keeps */
export function candidateOf(answer: Answer, stay: readonly OnTrack<PlainNote>[]): Candidate {
  const { seed, copied, outOfScale } = answer;
  return { seed, copied, outOfScale, notes: inOrder([...stay, ...answer.notes].map(newNoteOnTrack)) };
}
