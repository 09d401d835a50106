/**
 * Offers the earlier version when a file is opened that was changed here before.
 */

import type { Store } from "../state.ts";
import { whenInWords } from "../ui/when.ts";
import { titleOf } from "./file-name.ts";
import { earlier, openRoll } from "./open.ts";
import { lastUse } from "./song-entries.ts";

export function EarlierBar({ store }: { store: Store }) {
  const entry = earlier.value;
  // Whoever works on the file as it is has chosen.
  if (entry === undefined || store.history.steps.value.length > 0) return null;
  return (
    <section class="host-bar host-bar-whole" aria-label="An earlier version">
      <p class="host-words">
        You changed this song {whenInWords(lastUse(entry))}. This is the file without those changes.
      </p>
      <button
        type="button"
        class="button"
        onClick={() => {
          earlier.value = undefined;
        }}
      >
        Use the file
      </button>
      <button
        type="button"
        class="button button-primary"
        onClick={() => openRoll(store, entry.rollId, titleOf(entry.title))}
      >
        Open my version
      </button>
    </section>
  );
}
