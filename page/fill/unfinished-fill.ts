/**
 * A fill that the daemon is working on, as it grows: the notes of its first candidate so far, and the candidates that are complete.
 */
import type { Candidate as Answer, Notifications } from "../../bridge/client/generated/protocol.ts";
import { keyOf } from "../document/match.ts";
import {
  type NoteId,
  newNoteOnTrack,
  type OnTrack,
  type PageNote,
  type PageRegion,
  type PlainNote,
} from "../document/song.ts";
import type { Ghosts } from "../ghosts.ts";
import { isEmpty, type Offer } from "./offer.ts";
import { type Candidate, candidateOf } from "./record.ts";

export interface UnfinishedFill {
  readonly region: PageRegion;
  readonly title: string;
  /** How many candidates are to come. */
  readonly asked: number;
  /** Notes of the song that are not heard meanwhile. */
  readonly hidden: ReadonlySet<NoteId>;
  /** 0 to 1. */
  readonly fraction: number;
  /** Of the first candidate. */
  readonly notes: readonly OnTrack<PageNote>[];
  readonly candidates: readonly Candidate[];
  /** Index of the one that is looked at; undefined for the first as it grows. */
  readonly picked: number | undefined;
}

export function withProgress(
  unfinished: UnfinishedFill,
  { fraction, notes }: Notifications["fill/progress"],
): UnfinishedFill {
  return { ...unfinished, fraction, notes: grown(unfinished.notes, notes) };
}

export function withCandidate(unfinished: UnfinishedFill, answer: Answer): UnfinishedFill {
  return { ...unfinished, candidates: [...unfinished.candidates, candidateOf(answer, [])] };
}

/** What of it is shown in the editor. */
function shownNotes({ picked, candidates, notes }: UnfinishedFill): readonly OnTrack<PageNote>[] {
  return (picked === undefined ? undefined : candidates[picked]?.notes) ?? notes;
}

/** What the editor and the sound show: what is being made, or what is offered. */
export function ghostsOf(
  unfinished: UnfinishedFill | undefined,
  offer: Offer | undefined,
): Ghosts | undefined {
  if (unfinished !== undefined) {
    return {
      region: unfinished.region,
      notes: shownNotes(unfinished),
      hidden: unfinished.hidden,
      isGrowing: true,
    };
  }
  if (offer === undefined || isEmpty(offer)) return undefined;
  const { region, notes, old } = offer;
  return { region, notes, hidden: new Set(old.map(({ id }) => id)), isGrowing: false };
}

/** Notes that were there before are the same objects. */
function grown(
  shown: readonly OnTrack<PageNote>[],
  notes: readonly OnTrack<PlainNote>[],
): OnTrack<PageNote>[] {
  return notes.map((note, index) => {
    const known = shown[index];
    const isSame = known !== undefined && known.trackId === note.trackId && keyOf(known) === keyOf(note);
    return isSame ? known : newNoteOnTrack(note);
  });
}
