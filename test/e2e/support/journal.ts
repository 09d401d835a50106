/**
 * Reads the journal from disk, and recomputes its checksums without the product's code.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface JournalEntry {
  type: string;
  jobId?: string;
  [name: string]: unknown;
}

/** Every entry; a line whose sum is wrong counts as damaged. */
export function readJournal(home: string): { entries: JournalEntry[]; damaged: number } {
  const folder = join(home, "journal");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const entries: JournalEntry[] = [];
  let damaged = 0;
  for (const name of names) {
    let before = "";
    for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
      if (line === "") continue;
      const [sum, json] = [line.slice(0, 16), line.slice(17)];
      const right = createHash("sha256").update(before).update(json).digest("hex").slice(0, 16);
      if (sum === right) entries.push(JSON.parse(json));
      else damaged += 1;
      before = sum;
    }
  }
  return { entries, damaged };
}

/** What was written of one fill, in order. */
export function typesOf(home: string, jobId: string): string[] {
  return readJournal(home)
    .entries.filter((entry) => entry.jobId === jobId)
    .map(({ type }) => type);
}
