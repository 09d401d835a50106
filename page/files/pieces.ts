/**
 * The pieces that come with the page.
 */

export interface Piece {
  /** Name of the file beside the manifest. */
  readonly file: string;
  readonly title: string;
  readonly composer: string;
  /** What plays: "Piano", "String quartet". */
  readonly sound: string;
  readonly bars: number;
  /** Of its first bars: [start, duration, pitch, track], start and duration in thousandths of what is drawn. */
  readonly notes: readonly (readonly [start: number, duration: number, pitch: number, track: number])[];
}

export const PIECES_FOLDER = "/pieces/";

export async function readPieces(): Promise<readonly Piece[]> {
  const answer = await fetch(`${PIECES_FOLDER}manifest.json`);
  if (!answer.ok) return [];
  const { pieces }: { pieces: readonly Piece[] } = await answer.json();
  return pieces;
}
