/**
 * Uploads files to the daemon, in pieces that fit into a message.
 */
import { LIMITS } from "../../bridge/protocol/limits.ts";

/** A message holds more, but one that is too large is sent again for nothing. */
const PIECE_BYTES = 4 * 1024 * 1024;
const PIECE_FILES = 200;
const CHUNK = 0x8000;

interface NamedBytes {
  readonly name: string;
  readonly size: number;
}

/** Groups of files, in order, none too large for a message; a file that no message holds is left out. */
export function inPieces<File extends NamedBytes>(files: readonly File[]): File[][] {
  const pieces: File[][] = [];
  let bytes = 0;
  for (const file of files) {
    if (file.size * 4 > LIMITS.fileCharacters * 3) continue;
    const last = pieces.at(-1);
    if (last === undefined || last.length >= PIECE_FILES || bytes + file.size > PIECE_BYTES) {
      pieces.push([file]);
      bytes = file.size;
    } else {
      last.push(file);
      bytes += file.size;
    }
  }
  return pieces;
}

export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}
