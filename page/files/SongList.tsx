/**
 * Songs that are open or were of late, as the daemon keeps them.
 */

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import type { RollEntry } from "../page-client.ts";
import type { Store } from "../state.ts";
import { hostTitle } from "./host-title.ts";
import { opening, openRoll } from "./open.ts";

const MOST = 8;

export function RecentSongs({ store }: { store: Store }) {
  const [rolls, setRolls] = useState<readonly RollEntry[]>([]);
  const isOpen = store.connection.value === "open";
  useEffect(() => {
    if (!isOpen) return;
    store.client.daemon.call("roll/list", {}).then(
      (answer) => setRolls(answer.rolls),
      (thrown) => store.fail(thrown),
    );
  }, [isOpen, store]);
  if (rolls.length === 0) return null;
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title" class="start-heading">
        Go on with
      </h2>
      <ul class="recent">
        {worthShowing(rolls).map(({ rollId, title, openedAt, host }) => (
          <li key={rollId}>
            <button
              type="button"
              class="recent-song"
              disabled={!isOpen || opening.value !== undefined}
              onClick={() => openRoll(store, rollId, title)}
            >
              <Icon name="note" size={16} />
              <span class="grow cut">{title}</span>
              {host !== null && <span class="chip chip-accent">{hostTitle(host.name)} waits</span>}
              <time class="quiet figures" dateTime={openedAt}>
                {when(new Date(openedAt))}
              </time>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Without those that were only looked at and opened again since; the latest first. */
export function worthShowing(rolls: readonly RollEntry[]): readonly RollEntry[] {
  const seen = new Set<string>();
  return rolls
    .filter(({ title, version, host }) => {
      const isCopy = version === 0 && host === null && seen.has(title);
      seen.add(title);
      return !isCopy;
    })
    .slice(0, MOST);
}

/** Today by the hour, else by the day. */
function when(date: Date): string {
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString([], { day: "numeric", month: "short" });
}
