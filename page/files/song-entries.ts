/**
 * The songs that the daemon keeps, in the order of the list.
 */
import type { RollEntry } from "../page-client.ts";
import { titleOf } from "./file-name.ts";

/** Shown at first. */
const MOST = 8;

/** Without those that were only looked at and opened again since; the latest first. */
export function worthShowing<Entry extends RollEntry>(rolls: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  return byUse(rolls)
    .filter(({ title, version, host }) => {
      const isCopy = version === 0 && host === null && seen.has(title);
      seen.add(title);
      return !isCopy;
    })
    .slice(0, MOST);
}

/** All whose titles hold some words. */
export function matching<Entry extends RollEntry>(rolls: readonly Entry[], words: string): readonly Entry[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/);
  return byUse(rolls).filter(({ title }) => {
    const text = titleOf(title).toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** When somebody last worked on it. */
export function lastUse({ openedAt, changedAt }: RollEntry): Date {
  return new Date(Math.max(Date.parse(openedAt), Date.parse(changedAt ?? openedAt)));
}

/** As they came, where they were used at the same time. */
function byUse<Entry extends RollEntry>(rolls: readonly Entry[]): Entry[] {
  return [...rolls].sort((a, b) => lastUse(b).getTime() - lastUse(a).getTime());
}
