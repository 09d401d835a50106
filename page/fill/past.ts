/**
 * The fills of a song, the latest first, so that any candidate can be offered again; kept with the song as far as
 * there is room, starred candidates before all others.
 */
import { newNoteOnTrack, type OnTrack, type PlainNote, plainNote } from "../document/song.ts";
import type { Candidate, FillRecord } from "./record.ts";

/** Fills that are listed; more would be a list that nobody reads. */
export const MOST_FILLS = 300;
/** Characters of what is kept of them. */
const MOST_CHARACTERS = 1_500_000;
const VERSION = 1;
const PREFIX = "fill.";

export function withRecord(past: readonly FillRecord[], record: FillRecord): FillRecord[] {
  const all = [record, ...past.filter(({ key }) => key !== record.key)];
  return all.filter((one, index) => index < MOST_FILLS || one.starred.length > 0);
}

/** With a star on one of its candidates, or without it again. */
export function toggledStar(record: FillRecord, seed: number): FillRecord {
  const isOn = record.starred.includes(seed);
  return {
    ...record,
    starred: isOn ? record.starred.filter((one) => one !== seed) : [...record.starred, seed],
  };
}

/** Only the candidates with a star. */
export function starredOnly(past: readonly FillRecord[]): FillRecord[] {
  return past
    .filter(({ starred }) => starred.length > 0)
    .map((record) => ({
      ...record,
      candidates: record.candidates.filter(({ seed }) => record.starred.includes(seed)),
    }));
}

/** A note as it is stored: start, duration, pitch, velocity, channel; of several tracks, which. */
type StoredNote = [number, number, number, number, number, string?];

interface StoredRecord extends Omit<FillRecord, "title" | "summary" | "before" | "leaving" | "candidates"> {
  v: number;
  /** The title. */
  place: string;
  /** The summary. */
  wish: string;
  before: StoredNote[];
  leaving: StoredNote[];
  candidates: (Omit<Candidate, "notes"> & { notes: StoredNote[] })[];
}

/** As texts by name. Of those for which there is no room, the candidates with a star stay. */
export function fillTexts(past: readonly FillRecord[]): Map<string, string> {
  const texts = new Map<string, string>();
  let length = 0;
  const put = (record: FillRecord) => {
    const text = JSON.stringify(storedRecord(record));
    if (length + text.length > MOST_CHARACTERS) return;
    texts.set(nameOf(record), text);
    length += text.length;
  };
  for (const record of starredOnly(past)) put(record);
  for (const record of past) {
    const short = texts.get(nameOf(record)) ?? "";
    length -= short.length;
    texts.delete(nameOf(record));
    put(record);
    if (texts.has(nameOf(record)) || short === "") continue;
    texts.set(nameOf(record), short);
    length += short.length;
  }
  return texts;
}

export function isFillName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** What `fillTexts` gave, the latest first; nothing of what is something else. */
export function pastFrom(texts: ReadonlyMap<string, string>): FillRecord[] {
  return [...texts]
    .filter(([name]) => isFillName(name))
    .flatMap(([, text]) => recordFrom(text))
    .sort((a, b) => b.at - a.at);
}

function nameOf({ at, jobId }: FillRecord): string {
  return `${PREFIX}${at.toString(36)}.${jobId.replace(/[^A-Za-z0-9-]/g, "").slice(0, 32)}`;
}

function recordFrom(text: string): FillRecord[] {
  try {
    const { v, place, wish, ...record }: StoredRecord = JSON.parse(text);
    if (v !== VERSION) return [];
    const candidates = record.candidates.map((candidate) => ({
      ...candidate,
      notes: candidate.notes.map((entry) => newNoteOnTrack(note(entry))),
    }));
    return [
      {
        ...record,
        title: place,
        summary: wish,
        candidates,
        before: record.before.map(note),
        leaving: record.leaving.map(note),
      },
    ];
  } catch {
    // Of another version; earlier fills are a comfort, not a promise.
    return [];
  }
}

function storedRecord({ title, summary, ...record }: FillRecord): StoredRecord {
  return {
    ...record,
    v: VERSION,
    place: title,
    wish: summary,
    before: record.before.map(stored),
    leaving: record.leaving.map(stored),
    candidates: record.candidates.map((candidate) => ({ ...candidate, notes: candidate.notes.map(stored) })),
  };
}

function stored(note: OnTrack<PlainNote>): StoredNote {
  const { startTick, durationTicks, pitch, velocity, channel } = plainNote(note);
  const own = note.trackId === undefined ? ([] as const) : ([note.trackId] as const);
  return [startTick, durationTicks, pitch, velocity, channel, ...own];
}

function note([startTick, durationTicks, pitch, velocity, channel, trackId]: StoredNote): OnTrack<PlainNote> {
  const plain = { startTick, durationTicks, pitch, velocity, channel };
  return trackId === undefined ? plain : { ...plain, trackId };
}
