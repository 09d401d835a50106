/**
 * Files on their way to the daemon: in pieces that fit into a message, and of a dropped folder everything under it.
 */
import { LIMITS } from "../../bridge/protocol/limits.ts";

const MIDI = /\.midi?$/i;
/** A message holds more, but one that is too large is sent again for nothing. */
const PIECE_BYTES = 4 * 1024 * 1024;
const PIECE_FILES = 200;
const MOST_FILES = 5_000;
const CHUNK = 0x8000;

export interface NamedBytes {
  readonly name: string;
  readonly size: number;
}

export function isMidi({ name }: { name: string }): boolean {
  return MIDI.test(name) && !name.startsWith(".");
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

/** The MIDI files of a drop, with those in folders. Call it in the event itself: afterwards they are gone. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const plain = [...transfer.files];
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  // Of some sources, such as another page, there are no entries.
  if (entries.length === 0) return plain.filter(isMidi);
  const files: File[] = [];
  while (entries.length > 0 && files.length < MOST_FILES) {
    const entry = entries.pop();
    if (entry === undefined) break;
    if (isFile(entry)) {
      if (isMidi(entry))
        files.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)));
    } else if (isFolder(entry)) entries.push(...(await childrenOf(entry)));
  }
  return files;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Read until nothing more comes: a browser gives a hundred at a time. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
