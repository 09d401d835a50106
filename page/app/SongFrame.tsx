/**
 * The window with the song: tracks, roll, fill and transport, each in its place and each for itself if it fails.
 */
import { EarlierBar } from "../files/EarlierBar.tsx";
import { HostBar } from "../files/HostBar.tsx";
import { FillPanel } from "../fill/FillPanel.tsx";
import { RollView } from "../roll/RollView.tsx";
import { TrackList } from "../roll/TrackList.tsx";
import { TransportBar } from "../sound/TransportBar.tsx";
import type { Store } from "../state.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { Icon } from "./icons.tsx";
import { Steps } from "./Steps.tsx";
import { areTracksOpen, isFillOpen } from "./ui.ts";

export function SongFrame({ store }: { store: Store }) {
  return (
    <>
      <main class="frame-main">
        <div class="frame-strip">
          <Steps store={store} />
          <HostBar store={store} />
          <EarlierBar store={store} />
        </div>
        <div class={areTracksOpen.value ? "frame-tracks panel is-open" : "frame-tracks panel"}>
          <ErrorBoundary what="The list of tracks">
            <TrackList store={store} />
          </ErrorBoundary>
        </div>
        <div class="frame-roll">
          <ErrorBoundary what="The roll">
            <RollView store={store} />
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
      <footer class="frame-transport panel">
        <ErrorBoundary what="The sound">
          <TransportBar store={store} />
        </ErrorBoundary>
      </footer>
    </>
  );
}
