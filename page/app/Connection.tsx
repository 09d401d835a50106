/**
 * The screens shown if the daemon is not running, or refuses access.
 */
import { CopyButton } from "../ui/CopyButton.tsx";
import { Icon } from "../ui/icons.tsx";
import { Mark } from "./Mark.tsx";

export function LostBanner({ unsent }: { unsent: number }) {
  return (
    <div class="banner" role="status">
      <span class="banner-dot" aria-hidden="true" />
      <p class="grow">
        Continuo is not answering; trying again.
        {unsent > 0 && <span class="quiet"> Your changes are kept here and sent as soon as it is back.</span>}
      </p>
      <span class="quiet banner-hint">
        If it does not come back: <code>continuo open</code>
      </span>
    </div>
  );
}

export function Forbidden() {
  return (
    <main class="whole">
      <div class="whole-card">
        <Mark size={44} />
        <h1>This page needs a key</h1>
        <p class="quiet">
          Only you may see your songs, so the page opens from your own machine. In a terminal, open it with:
        </p>
        <div class="command-line">
          <code>continuo open</code>
          <CopyButton text="continuo open" label="Copy the command" />
        </div>
        <p class="quiet small">
          <Icon name="info" size={15} /> The address that it opens works once. This tab can then be closed.
        </p>
      </div>
    </main>
  );
}
