/**
 * Tells the musician which songs the daemon no longer keeps.
 */

import { plural } from "../../bridge/plural.ts";
import type { RollEntry } from "../page-client.ts";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";
import { closeSong } from "./open.ts";

/** Named one by one. */
const MOST_NAMED = 2;

export function watchRemovals(store: Store): void {
  store.client.onRemoved(({ rolls, isLimit }) => {
    const open = store.roll.value;
    if (open !== undefined && rolls.some(({ rollId }) => rollId === open.rollId)) {
      closeSong(store);
      store.tell("info", `“${titleOf(open.title)}” was removed in another window.`);
    } else if (isLimit) {
      store.tell("info", removalText(rolls));
    }
  });
}

/** "“A” and “B” are no longer kept: ..." */
export function removalText(rolls: readonly RollEntry[]): string {
  const named = rolls.slice(0, MOST_NAMED).map(({ title }) => `“${titleOf(title)}”`);
  const others = rolls.length - named.length;
  const all = others > 0 ? [...named, plural(others, "other song")] : named;
  const last = all.pop();
  const list = all.length === 0 ? last : `${all.join(", ")} and ${last}`;
  return `${list} ${rolls.length === 1 ? "is" : "are"} no longer kept here: unchanged, and not among the latest 32. Open the file again to get it back.`;
}
