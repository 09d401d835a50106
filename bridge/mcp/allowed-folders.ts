/**
 * Which files a tool may touch: those inside folders that the user named, whatever links lead where.
 */
import { realpathSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { BridgeError } from "../bridge-error.ts";

/** What is written is music: no other file is replaced by it. */
const ENDINGS = new Set([".mid", ".midi"]);

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
    return this.place(path);
  }

  /**
   * A file to write, in its real place.
   * @throws BridgeError FILE_FORBIDDEN, also for what is no MIDI file by its name
   */
  output(path: string): string {
    if (!ENDINGS.has(extname(path).toLowerCase())) {
      throw new BridgeError("FILE_FORBIDDEN", `${path} is no name of a MIDI file; end it with .mid`, {
        data: { path },
      });
    }
    return this.place(path);
  }

  private place(path: string): string {
    const real = realPlace(resolve(this.folders[0] ?? ".", path));
    const isInside = (folder: string) => {
      const way = relative(folder, real);
      return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === real;
    };
    if (this.folders.some(isInside)) return real;
    throw new BridgeError(
      "FILE_FORBIDDEN",
      `${path} is not inside ${this.folders.join(" or ")}; start continuo mcp with --allow FOLDER to permit more`,
      { data: { path } },
    );
  }
}

/** Where a path leads; the nearest folder that is there decides for what is not. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPlace(folder), basename(path));
  }
}
