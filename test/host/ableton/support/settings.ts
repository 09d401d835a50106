/**
 * The extension's own folder, with settings in it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../bridge/support/cli.ts";

export function storageWith(settings: Record<string, unknown>): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  return folder;
}

export function storedIn(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"));
}
