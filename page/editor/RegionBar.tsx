/**
 * The bar over the marked bars: their numbers, and the button that fills them.
 */

import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { regionName } from "./describe.ts";
import { editorState } from "./editor-state.ts";
import { xOfTick } from "./viewport.ts";

/** About as wide as it gets, in CSS pixels, so that it stays in the window. */
const WIDTH = 190;

export function RegionBar({ store }: { store: Store }) {
  const state = editorState(store);
  const region = state.shownRegion.value;
  if (region === undefined) return null;
  const view = store.view.value;
  const { body } = state.layout.value;
  const [left, right] = [xOfTick(view, region.startTick), xOfTick(view, region.endTick)];
  if (right < 0 || left > body.width) return null;
  const name = regionName(region.startTick, region.endTick, store.bars.value);
  const x = Math.max(4, Math.min(left + 6, body.width - WIDTH));
  const isDragged = state.regionDraft.value !== undefined;
  const isOffered = store.ghosts.value !== undefined;
  return (
    <div
      class="roll-region"
      style={{ transform: `translate(${Math.round(body.x + x)}px, ${body.y + 6}px)` }}
      onPointerDown={(event) => event.stopPropagation()}
    >
      {isDragged || isOffered ? (
        <span class="chip chip-accent">{capital(name)}</span>
      ) : (
        <>
          <button type="button" class="button button-primary button-small" onClick={fill}>
            <Icon name="fill" size={14} />
            Fill {name}
          </button>
          <button
            type="button"
            class="icon-button icon-button-small roll-region-clear"
            aria-label={`Unmark ${name}`}
            title="Unmark"
            onClick={() => {
              store.region.value = undefined;
            }}
          >
            <Icon name="close" size={14} />
          </button>
        </>
      )}
    </div>
  );
}

/** The part that fills listens for it. */
function fill(): void {
  dispatchEvent(new CustomEvent("continuo-command", { detail: "fill.run" }));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
