/**
 * A message as received: in pieces, which are joined only where it is read.
 */
export type Pieces = readonly Uint8Array[];

export function byteLength(pieces: Pieces): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

export function textOf(pieces: Pieces): string {
  const [first] = pieces;
  if (first === undefined) return "";
  const all = pieces.length === 1 ? first : Buffer.concat(pieces);
  return Buffer.from(all.buffer, all.byteOffset, all.byteLength).toString("utf8");
}

/**
 * The same pieces, each alone in its memory, so that another thread can have them without a copy.
 * Those given must not be used any more.
 */
export function movable(pieces: Pieces): Uint8Array<ArrayBuffer>[] {
  return pieces.map((piece) => {
    const { buffer } = piece;
    const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === piece.byteLength;
    // `slice` of a Buffer would share its memory.
    return isAlone ? new Uint8Array(buffer) : new Uint8Array(piece);
  });
}
