/**
 * The files of a drop, with the MIDI files in folders.
 */
import { isMidiName } from "../../bridge/music/midi-files.ts";

const MOST_FILES = 5_000;

/** In their order. Call it in the event itself: afterwards they are gone. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const plain = [...transfer.files];
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  // Of some sources, such as another page, there are no entries; without a folder they say no more.
  if (!entries.some(isFolder)) return plain;
  const files: File[] = [];
  const waiting = entries.map((entry) => ({ entry, isInFolder: false })).reverse();
  while (waiting.length > 0 && files.length < MOST_FILES) {
    const next = waiting.pop();
    if (next === undefined) break;
    const { entry, isInFolder } = next;
    if (isFile(entry)) {
      // What else lies in a folder was not meant.
      if (!isInFolder || isMidiName(entry.name)) files.push(await fileOf(entry));
    } else if (isFolder(entry)) {
      const children = await childrenOf(entry);
      waiting.push(...children.reverse().map((child) => ({ entry: child, isInFolder: true })));
    }
  }
  return files;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
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
