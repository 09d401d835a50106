/**
 * The files of the page: a table of the existing ones, so that no path of a request reaches the disk.
 */
import { readdirSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".mid": "audio/midi",
};
/** Names with a hash of what is in them. */
const HASHED = /^\/chunks\/.*-[A-Z0-9]{8}\.[a-z]+$/;

interface PageFile {
  type: string;
  etag: string;
  /** Never changes under this name. */
  isForever: boolean;
  path: string;
}

export class PageFiles {
  private readonly folder: string;
  private table = new Map<string, PageFile>();
  private stamp = "";

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @param path  of the URL; "/" is the page itself */
  find(path: string): PageFile | undefined {
    this.refresh();
    return this.table.get(path === "/" ? "/index.html" : path);
  }

  /** Another version may have been installed under a daemon that runs. */
  private refresh(): void {
    const found = statSync(join(this.folder, "page.js"), { throwIfNoEntry: false });
    const stamp = found === undefined ? "" : stampOf(found);
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    this.table = stamp === "" ? new Map() : tableOf(this.folder);
  }
}

function tableOf(folder: string): Map<string, PageFile> {
  const table = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    table.set(path, {
      type,
      etag: `"${stampOf(statSync(file))}"`,
      isForever: HASHED.test(path),
      path: file,
    });
  }
  return table;
}

function stampOf({ size, mtimeMs }: { size: number; mtimeMs: number }): string {
  return `${size.toString(36)}-${Math.round(mtimeMs).toString(36)}`;
}
