/**
 * Offered notes that are not accepted yet, shown in place of those that they would replace.
 */
import { applyChanges } from "./document/change.ts";
import {
  type NoteId,
  notesIn,
  type OnTrack,
  ofTrack,
  type PageNote,
  type PageRegion,
  type PageSong,
  regionsOf,
} from "./document/song.ts";

export interface Ghosts {
  readonly region: PageRegion;
  readonly notes: readonly OnTrack<PageNote>[];
  /** Notes of the song that would go. */
  readonly hidden: ReadonlySet<NoteId>;
  /** More are to come. */
  readonly isGrowing: boolean;
}

/** A song with what is offered in place of what it would replace. */
export function songWith(song: PageSong, ghosts: Ghosts | undefined): PageSong {
  if (ghosts === undefined) return song;
  const { region, notes, hidden } = ghosts;
  const changes = regionsOf(region).map((one) => ({
    trackId: one.trackId,
    removed: notesIn(song, one).filter(({ id }) => hidden.has(id)),
    added: ofTrack(notes, region, one.trackId),
  }));
  return applyChanges(song, changes);
}

/** Of the tracks for which notes are offered, the one whose notes can be pressed: that which is worked on. */
export function frontOf({ region }: Ghosts, activeTrackId: string | undefined): string {
  return region.also?.find((trackId) => trackId === activeTrackId) ?? region.trackId;
}
