/**
 * The title of a track, also if the host gave it no name.
 */
import type { PageTrack } from "../document/song.ts";

/** @param index  in the song, from 0 */
export function trackTitle({ name }: Pick<PageTrack, "name">, index: number): string {
  const trimmed = name.trim();
  return trimmed === "" ? `Track ${index + 1}` : trimmed;
}
