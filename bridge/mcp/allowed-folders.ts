/**
 * The files that a tool may use: those inside folders that the user named, after following links.
 */
import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { isMidiName } from "../music/midi-files.ts";
import { placeFile } from "./placing.ts";

/** Of a list; a folder may hold a whole collection. */
const MOST_FILES = 500;
const MOST_FOLDERS = 2_000;

interface ListedFiles {
  folders: string[];
  files: { file: string; bytes: number; modifiedAt: string }[];
  /** False where there are more. */
  isAll: boolean;
}

export class AllowedFolders {
  private readonly folders: readonly string[];

  /** @throws BridgeError FILE_FORBIDDEN for a folder that is not there */
  constructor(folders: readonly string[]) {
    this.folders = folders.map((folder) => {
      try {
        return realpathSync(resolve(folder));
      } catch (cause) {
        const message = `the folder ${folder} is not there; name one by --allow`;
        throw new BridgeError("FILE_FORBIDDEN", message, { data: { path: folder }, cause });
      }
    });
  }

  /**
   * A file to read, in its real place. One that is not there is named where it would be, so that reading it says so.
   * @throws BridgeError FILE_FORBIDDEN
   */
  input(path: string): string {
    return this.inside(path);
  }

  /**
   * A file to write, in its real place.
   * @throws BridgeError FILE_FORBIDDEN, also for what is not a MIDI file by its name
   */
  output(path: string): string {
    const real = this.inside(path);
    // What is written is music: no other file is replaced by it, whatever the name of a link to it is.
    if (!isMidiName(path) || !isMidiName(real)) {
      throw new BridgeError("FILE_FORBIDDEN", `${path} is not a MIDI file name; it must end with .mid`, {
        data: { path },
      });
    }
    return real;
  }

  /**
   * Put a file that was made elsewhere to a place that `output` gave.
   * @throws BridgeError OUTPUT_*, FILE_FORBIDDEN where the way there has changed meanwhile
   */
  place(path: string, staged: string, overwrite: boolean): void {
    const root = this.folders.find((folder) => isBelow(folder, path));
    if (root === undefined) throw this.forbidden(path);
    placeFile(root, path, staged, overwrite);
  }

  /**
   * MIDI files under the allowed folders, or under one folder in them; hidden ones and links are left out.
   * @throws BridgeError FILE_FORBIDDEN
   */
  list(folder?: string): ListedFiles {
    const listed: ListedFiles = { folders: [...this.folders], files: [], isAll: true };
    const waiting = folder === undefined ? [...this.folders] : [this.folderIn(folder)];
    for (let looked = 0; waiting.length > 0; looked += 1) {
      const at = waiting.shift();
      if (at === undefined || looked >= MOST_FOLDERS) break;
      for (const entry of entriesOf(at)) {
        const path = join(at, entry.name);
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory()) waiting.push(path);
        if (!entry.isFile() || !isMidiName(entry.name)) continue;
        if (listed.files.length >= MOST_FILES) return { ...listed, isAll: false };
        const { size, mtime } = statSync(path);
        listed.files.push({ file: path, bytes: size, modifiedAt: mtime.toISOString() });
      }
    }
    return { ...listed, isAll: waiting.length === 0 };
  }

  private folderIn(folder: string): string {
    const real = realLocation(resolve(this.folders[0] ?? ".", folder));
    return this.folders.includes(real) ? real : this.inside(folder);
  }

  private inside(path: string): string {
    const real = realLocation(resolve(this.folders[0] ?? ".", path));
    if (this.folders.some((folder) => isBelow(folder, real))) return real;
    throw this.forbidden(path);
  }

  private forbidden(path: string): BridgeError {
    return new BridgeError(
      "FILE_FORBIDDEN",
      `${path} is not inside ${this.folders.join(" or ")}; start continuo mcp with --allow FOLDER to permit more`,
      { data: { path } },
    );
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

/** In order of their names; nothing of a folder that cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Where a path leads; the nearest folder that is there decides for what is not. */
function realLocation(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realLocation(folder), basename(path));
  }
}
