/**
 * The fills of this session, the latest first, so that any candidate can come back; kept while the browser's tab is,
 * as far as there is room.
 */
import { newNote, type PlainNote, plainNote } from "../document/song.ts";
import type { Candidate, FillRecord } from "./record.ts";

/** Candidates of all fills together. */
export const MOST_CANDIDATES_KEPT = 200;
/** Characters of what is stored; browsers give a page some five million. */
const MOST_CHARACTERS = 1_000_000;

export function withRecord(past: readonly FillRecord[], record: FillRecord): FillRecord[] {
  let count = 0;
  return [record, ...past.filter(({ key }) => key !== record.key)].filter(({ candidates }, index) => {
    count += candidates.length;
    return index === 0 || count <= MOST_CANDIDATES_KEPT;
  });
}

/** A note as it is stored: start, duration, pitch, velocity, channel. */
type StoredNote = [number, number, number, number, number];

interface StoredRecord extends Omit<FillRecord, "before" | "leaving" | "candidates"> {
  before: StoredNote[];
  leaving: StoredNote[];
  candidates: (Omit<Candidate, "notes"> & { notes: StoredNote[] })[];
}

/** As text; the oldest are left out where they are too many. */
export function storedPast(past: readonly FillRecord[]): string {
  const texts: string[] = [];
  let length = 2;
  for (const record of past) {
    const text = JSON.stringify(storedRecord(record));
    length += text.length + 1;
    if (length > MOST_CHARACTERS) break;
    texts.push(text);
  }
  return `[${texts.join(",")}]`;
}

/** What `storedPast` gave; nothing of what is something else. */
export function pastFrom(text: string | null): FillRecord[] {
  try {
    const stored: StoredRecord[] = JSON.parse(text ?? "[]");
    return stored.map((record) => ({
      ...record,
      before: record.before.map(note),
      leaving: record.leaving.map(note),
      candidates: record.candidates.map((candidate) => ({
        ...candidate,
        notes: candidate.notes.map((entry) => newNote(note(entry))),
      })),
    }));
  } catch {
    // Of another version; earlier fills are a comfort, not a promise.
    return [];
  }
}

function storedRecord(record: FillRecord): StoredRecord {
  return {
    ...record,
    before: record.before.map(stored),
    leaving: record.leaving.map(stored),
    candidates: record.candidates.map((candidate) => ({ ...candidate, notes: candidate.notes.map(stored) })),
  };
}

function stored(note: PlainNote): StoredNote {
  const { startTick, durationTicks, pitch, velocity, channel } = plainNote(note);
  return [startTick, durationTicks, pitch, velocity, channel];
}

function note([startTick, durationTicks, pitch, velocity, channel]: StoredNote): PlainNote {
  return { startTick, durationTicks, pitch, velocity, channel };
}
