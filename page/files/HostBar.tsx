/**
 * The host that waits for the song's region, and the button that sends it.
 */

import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { hostTitle } from "./host-title.ts";
import { declineHost, sendToHost } from "./leave.ts";

export function HostBar({ store }: { store: Store }) {
  const host = store.roll.value?.host;
  if (host == null) return null;
  const title = hostTitle(host.name);
  const { bars } = store;
  const first = bars.value.barAtTick(host.region.startTick) + 1;
  const last = bars.value.barAtTick(Math.max(host.region.startTick, host.region.endTick - 1)) + 1;
  return (
    <section class="host-bar" aria-label={`${title} is waiting`}>
      <p class="host-words">
        {title} is waiting for {first === last ? `bar ${first}` : `bars ${first}-${last}`}
      </p>
      <button
        type="button"
        class="button button-quiet"
        title={`Tell ${title} to keep the notes it has`}
        onClick={() => declineHost(store)}
      >
        Give back unchanged
      </button>
      <button type="button" class="button button-primary" onClick={() => sendToHost(store)}>
        <Icon name="send" />
        Send to {title}
      </button>
    </section>
  );
}
