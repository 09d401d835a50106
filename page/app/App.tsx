/**
 * The page's frame: which part stands where, and which of its two windows is on show.
 */
import { FileActions } from "../files/FileActions.tsx";
import { StartScreen } from "../files/StartScreen.tsx";
import { FillPanel } from "../fill/FillPanel.tsx";
import { RollView } from "../roll/RollView.tsx";
import { TrackList } from "../roll/TrackList.tsx";
import { TransportBar } from "../sound/TransportBar.tsx";
import type { Store } from "../state.ts";

export function App({ store }: { store: Store }) {
  if (store.roll.value === undefined) return <StartScreen store={store} />;
  return (
    <main class="frame">
      <header class="frame-header">
        <h1>{store.roll.value.title}</h1>
        <FileActions store={store} />
      </header>
      <TrackList store={store} />
      <RollView store={store} />
      <FillPanel store={store} />
      <TransportBar store={store} />
    </main>
  );
}
