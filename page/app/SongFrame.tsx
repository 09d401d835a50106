/**
 * The window with the song: tracks, roll, fill and transport, each in its place, so that one can fail without the others.
 */

import { EditorView } from "../editor/EditorView.tsx";
import { TrackList } from "../editor/TrackList.tsx";
import { EarlierBar } from "../files/EarlierBar.tsx";
import { HostBar } from "../files/HostBar.tsx";
import { AddPart } from "../fill/AddPart.tsx";
import { FillPanel } from "../fill/FillPanel.tsx";
import { TransportBar } from "../sound/TransportBar.tsx";
import type { Store } from "../state.ts";
import { byEscape } from "../ui/closing.ts";
import { areTracksOpen, closeTracks, isFillOpen } from "../ui/frame-state.ts";
import { Icon } from "../ui/icons.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { Steps } from "./Steps.tsx";

export function SongFrame({ store }: { store: Store }) {
  return (
    <>
      <main class="frame-main">
        <div class="frame-strip">
          <Steps store={store} />
          <HostBar store={store} />
          <EarlierBar store={store} />
        </div>
        {areTracksOpen.value && <div class="frame-shade" onClick={closeTracks} aria-hidden="true" />}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape inside closes it */}
        <div
          class={areTracksOpen.value ? "frame-tracks panel is-open" : "frame-tracks panel"}
          onKeyDown={areTracksOpen.value ? byEscape(closeTracks) : undefined}
        >
          <ErrorBoundary what="The list of tracks">
            <TrackList store={store} />
          </ErrorBoundary>
        </div>
        <div class="frame-roll">
          <ErrorBoundary what="The roll">
            <EditorView store={store} />
          </ErrorBoundary>
        </div>
        <div class={isFillOpen.value ? "frame-fill panel is-open" : "frame-fill panel"}>
          <button
            type="button"
            class="fill-toggle"
            aria-expanded={isFillOpen.value}
            onClick={() => {
              isFillOpen.value = !isFillOpen.value;
            }}
          >
            Fill <Icon name={isFillOpen.value ? "down" : "up"} size={16} />
          </button>
          <div class="fill-content">
            <ErrorBoundary what="The fill">
              <FillPanel store={store} />
            </ErrorBoundary>
          </div>
        </div>
      </main>
      <ErrorBoundary what="Adding a part">
        <AddPart store={store} />
      </ErrorBoundary>
      <footer class="frame-transport panel">
        <ErrorBoundary what="The sound">
          <TransportBar store={store} />
        </ErrorBoundary>
      </footer>
    </>
  );
}
