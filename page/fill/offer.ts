/**
 * The changes that a candidate would make to the current song, and those that accept it, a part of it, or one note.
 * Locked notes stay, nothing outside the region changes, and no two notes sound at once on one pitch.
 */
import type { Tick } from "../../bridge/music/time.ts";
import type { Change } from "../document/change.ts";
import { keyOf, part } from "../document/match.ts";
import {
  firstFrom,
  type NoteId,
  newNote,
  notesIn,
  type OnTrack,
  ofTrack,
  type PageNote,
  type PageRegion,
  type PageSong,
  regionsOf,
  trackById,
} from "../document/song.ts";
import { Sounding } from "../document/sounding.ts";
import type { Base, FillRecord } from "./record.ts";

/** The rest of the offer; it can be varied as it is. */
export type Offer = Base;

/** What an offer depends on besides the fill. */
interface Standing {
  readonly song: PageSong;
  readonly locked: ReadonlySet<NoteId>;
  /** Notes of the song that were taken one by one: other candidates leave them where they are. */
  readonly kept: ReadonlySet<NoteId>;
  /** Notes of the candidate that were taken, whatever became of them. */
  readonly taken: ReadonlySet<NoteId>;
}

export interface Span {
  readonly startTick: Tick;
  readonly endTick: Tick;
}

/** @param index  of the candidate */
export function offerOf(record: FillRecord, index: number, standing: Standing): Offer {
  const { region } = record;
  const isThere = ({ trackId }: PageRegion) => trackById(standing.song, trackId) !== undefined;
  const parts = regionsOf(region)
    .filter((one) => one.trackId === region.trackId || isThere(one))
    .map((one) => offerOfTrack(recordOfTrack(record, one), index, standing));
  return { region, notes: parts.flatMap(({ notes }) => notes), old: parts.flatMap(({ old }) => old) };
}

function offerOfTrack(record: FillRecord, index: number, standing: Standing): Offer {
  const { song, locked, kept, taken } = standing;
  const { region } = record;
  const inside = notesIn(song, region);
  const wanted = record.candidates[index]?.notes ?? [];
  const missing = part(wanted, inside).rest;
  const free = part(inside, wanted).rest.filter(({ id }) => !locked.has(id) && !kept.has(id));
  const stays = new Sounding([...soundingInto(song, region), ...inside.filter(({ id }) => locked.has(id))]);
  return {
    region,
    notes: missing.filter((note) => !taken.has(note.id) && !stays.overlaps(note)),
    old: leavingOf(record, index, free),
  };
}

/** What of a fill is about one of its tracks. */
function recordOfTrack(record: FillRecord, region: PageRegion): FillRecord {
  if (record.region.also === undefined) return record;
  const own = <Note>(notes: readonly OnTrack<Note>[]) => ofTrack(notes, record.region, region.trackId);
  return {
    ...record,
    region,
    before: own(record.before),
    leaving: own(record.leaving),
    candidates: record.candidates.map((candidate) => ({ ...candidate, notes: own(candidate.notes) })),
  };
}

/** Of the song's notes those that made room when it was asked for, and those that other candidates brought since. */
function leavingOf(record: FillRecord, index: number, free: readonly PageNote[]): PageNote[] {
  const { found, rest } = part(free, record.leaving);
  const before = new Set(record.before.map(keyOf));
  const brought = new Set(
    record.candidates.flatMap(({ notes }, other) => (other === index ? [] : notes.map(keyOf))),
  );
  const ofOthers = rest.filter((note) => brought.has(keyOf(note)) && !before.has(keyOf(note)));
  return [...found, ...ofOthers];
}

/** Whether nothing is left to take. */
export function isEmpty(offer: Offer | undefined): boolean {
  return offer === undefined || (offer.notes.length === 0 && offer.old.length === 0);
}

/** Whether a part of the region has something to take. */
export function isOpen({ notes, old }: Offer, span: Span): boolean {
  return notes.some(startsIn(span)) || old.some(startsIn(span));
}

/** Take what starts in a part of the region. */
export function acceptSpan(offer: Offer, span: Span, song: PageSong): Change[] {
  if (!isOpen(offer, span)) return [];
  return changesFor(offer, offer.notes.filter(startsIn(span)), offer.old.filter(startsIn(span)), song);
}

/** Take one note; of the old ones only those go that sound at the same time on its pitch. */
export function acceptOne(offer: Offer, note: PageNote, song: PageSong): Change[] {
  const offered = offer.notes.find(({ id }) => id === note.id);
  return offered === undefined ? [] : changesFor(offer, [offered], [], song);
}

/** Whether the region's notes are others than when it was asked for, but for what was taken since. */
export function hasChanged(record: FillRecord, song: PageSong): boolean {
  return regionsOf(record.region).some((region) => hasTrackChanged(recordOfTrack(record, region), song));
}

function hasTrackChanged(record: FillRecord, song: PageSong): boolean {
  const { found, rest: added } = part(notesIn(song, record.region), record.before);
  const brought = new Set(record.candidates.flatMap(({ notes }) => notes.map(keyOf)));
  if (added.some((note) => !brought.has(keyOf(note)))) return true;
  if (added.length > 0) return false;
  return found.length < record.before.length;
}

/** One a track, as far as something changes there. */
function changesFor(
  { region }: Offer,
  notes: readonly OnTrack<PageNote>[],
  old: readonly PageNote[],
  song: PageSong,
): Change[] {
  // Locked notes are not among the old ones, and no note is offered that would sound together with one.
  const gone = new Set(old.map(({ id }) => id));
  const changes = regionsOf(region).map((one) => {
    const own = ofTrack(notes, region, one.trackId);
    const sounding = new Sounding(own);
    const removed = notesIn(song, one).filter((note) => gone.has(note.id) || sounding.overlaps(note));
    // With names of their own: an offer can be taken, undone and taken again.
    return { trackId: one.trackId, removed, added: own.map(newNote) };
  });
  return changes.filter(({ removed, added }) => removed.length + added.length > 0);
}

/** Notes of the track from before the region that sound into it. */
function soundingInto(song: PageSong, { trackId, startTick }: PageRegion): PageNote[] {
  const notes = trackById(song, trackId)?.notes ?? [];
  return notes
    .slice(0, firstFrom(notes, startTick))
    .filter((note) => note.startTick + note.durationTicks > startTick);
}

function startsIn({ startTick, endTick }: Span) {
  return (note: PageNote) => note.startTick >= startTick && note.startTick < endTick;
}
