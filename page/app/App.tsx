/**
 * The page's frame: the layout of its parts, and which of its windows is shown.
 */
import { useEffect, useMemo } from "preact/hooks";
import { isReturning } from "../files/address.ts";
import { DropTarget } from "../files/DropTarget.tsx";
import { StartScreen } from "../files/StartScreen.tsx";
import type { Store } from "../state.ts";
import { shownWindow } from "../ui/frame-state.ts";
import { handleKeys } from "../ui/key-handler.ts";
import { Forbidden, LostBanner } from "./Connection.tsx";
import { allCommands, commandsNow } from "./commands.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { Header } from "./Header.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { SongFrame } from "./SongFrame.tsx";
import { Toasts } from "./Toasts.tsx";
import { TrainingFrame } from "./TrainingFrame.tsx";
import { WriteBanner } from "./WriteBanner.tsx";

export function App({ store }: { store: Store }) {
  const commands = useMemo(() => allCommands(store), [store]);
  useEffect(() => handleKeys(() => commandsNow(store, commands)), [store, commands]);
  if (store.connection.value === "forbidden") return <Forbidden />;
  return (
    <DropTarget store={store}>
      <div class={store.roll.value === undefined ? "frame frame-start" : "frame"}>
        <SkipLink store={store} />
        <Header store={store} />
        {store.connection.value === "lost" && <LostBanner unsent={store.client.unsent.value} />}
        {store.connection.value === "open" && <WriteBanner problems={store.writeProblems.value} />}
        <ErrorBoundary what="This window">
          <Window store={store} />
        </ErrorBoundary>
        <Toasts store={store} />
        <Shortcuts commands={commands} />
      </div>
    </DropTarget>
  );
}

/** Past the header, to what the page is for. */
function SkipLink({ store }: { store: Store }) {
  const isRoll = store.roll.value !== undefined && shownWindow.value === "roll";
  return (
    // biome-ignore lint/a11y/useValidAnchor: it is a link, to a part of the page that no address names
    <a
      class="skip-link"
      href="#main"
      onClick={(event) => {
        // The address says which song is open.
        event.preventDefault();
        document.querySelector<HTMLElement>(isRoll ? ".roll-area" : "main")?.focus();
      }}
    >
      {isRoll ? "Skip to the notes" : "Skip to the content"}
    </a>
  );
}

function Window({ store }: { store: Store }) {
  if (shownWindow.value === "training") return <TrainingFrame store={store} />;
  if (store.roll.value !== undefined) return <SongFrame store={store} />;
  if (isReturning.value) return <main class="quiet waiting">Opening the song…</main>;
  return <StartScreen store={store} />;
}
