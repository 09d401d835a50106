/**
 * The page's address and title say which song is open, so that a reload, or its address in the history, shows it.
 */
import { effect, signal } from "@preact/signals";
import type { Store } from "../state.ts";
import { titleOf } from "./file-name.ts";
import { closeSong, openRoll } from "./open.ts";

/** The song that an address names. */
export function rollIdOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, "")).get("roll") ?? undefined;
}

/** Whether the address names a song that is not there yet, so that nobody sees another screen before it. */
export const isReturning = signal(rollIdOf(globalThis.location?.hash ?? "") !== undefined);

/** Open what the address names, and keep it in step with what is open. */
export async function followAddress(store: Store): Promise<void> {
  const first = rollIdOf(location.hash);
  if (first !== undefined) await openRoll(store, first);
  isReturning.value = false;
  addEventListener("popstate", () => {
    const rollId = rollIdOf(location.hash);
    if (rollId === store.roll.peek()?.rollId) return;
    if (rollId === undefined) closeSong(store);
    else openRoll(store, rollId);
  });
  effect(() => {
    const roll = store.roll.value;
    document.title = roll === undefined ? "Continuo" : `${titleOf(roll.title)} – Continuo`;
    if (rollIdOf(location.hash) === roll?.rollId) return;
    const address = roll === undefined ? location.pathname : `#roll=${encodeURIComponent(roll.rollId)}`;
    history.pushState(null, "", address);
  });
}
