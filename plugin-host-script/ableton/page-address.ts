/**
 * The address of a page in Live's dialog: a data: URL; on Windows, whose web view does not show those, a file that
 * exists while the dialog is open.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** @param temporary  Live's folder for such files, if it has one */
export async function withAddress<T>(
  html: string,
  temporary: string | undefined,
  use: (address: string) => Promise<T>,
): Promise<T> {
  if (process.platform !== "win32")
    return await use(`data:text/html;charset=utf-8,${encodeURIComponent(html)}`);
  // Settings may hold a token, so the folder is the user's alone.
  const folder = mkdtempSync(join(temporary ?? tmpdir(), "continuo-"));
  try {
    const path = join(folder, "dialog.html");
    writeFileSync(path, html, { mode: 0o600 });
    return await use(pathToFileURL(path).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
