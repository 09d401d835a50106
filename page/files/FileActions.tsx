/**
 * Actions on the whole song: export it, close it.
 */
import { useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Icon } from "../ui/icons.tsx";
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";
import { Tools } from "../ui/Tools.tsx";
import { downloadPath, fileNameOf } from "./file-name.ts";
import { carry, download, saveToFolder } from "./leave.ts";
import { closeSong } from "./open.ts";

export function FileActions({ store }: { store: Store }) {
  const [savedPath, setSavedPath] = useState<string>();
  return (
    <div class="file-actions">
      <Tools class="row" label="Song">
        <DragHandle store={store} />
        <button
          type="button"
          class="button download"
          aria-label="Download .mid"
          title={`Download as a MIDI file (${shownKeys("Mod+S", isMac).join("+")})`}
          onClick={() => download(store)}
        >
          <Icon name="download" />
          <span class="long-words">Download .mid</span>
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Save to folder"
          title="Save to the folder for exports"
          onClick={async () => setSavedPath(await saveToFolder(store))}
        >
          <Icon name="folder" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the song"
          title="Close the song; it stays under Your songs"
          onClick={() => closeSong(store)}
        >
          <Icon name="close" />
        </button>
      </Tools>
      {savedPath !== undefined && <SavedPath path={savedPath} onDismiss={() => setSavedPath(undefined)} />}
    </div>
  );
}

/** Only Chromium's browsers make a file of what is dragged out of them. */
const canDragOut = /Chrom(e|ium)\//.test(globalThis.navigator?.userAgent ?? "");

function DragHandle({ store }: { store: Store }) {
  const roll = store.roll.value;
  if (roll === undefined || !canDragOut) return null;
  const isWhole = store.client.unsent.value === 0;
  const address = new URL(downloadPath(roll.rollId, roll.title), location.origin).href;
  return (
    <a
      class="drag-handle"
      href={address}
      download={`${fileNameOf(roll.title)}.mid`}
      draggable={isWhole}
      aria-disabled={!isWhole}
      title="Drag this onto a track of your DAW, or into a folder"
      onDragStart={(event) => {
        if (isWhole && event.dataTransfer !== null) carry(event.dataTransfer, roll.title, address);
        else event.preventDefault();
      }}
      onClick={(event) => {
        // Pressed, not dragged: the same file, by way of the changes that are still under way.
        event.preventDefault();
        download(store);
      }}
    >
      <Icon name="drag" size={16} />
      <span class="long-words">Drag into your DAW</span>
      <span class="short-words" aria-hidden="true">
        Drag
      </span>
    </a>
  );
}

function SavedPath({ path, onDismiss }: { path: string; onDismiss: () => void }) {
  return (
    <div class="saved-path card" role="status">
      <p>Saved as</p>
      <code class="saved-path-text">{path}</code>
      <div class="row">
        <CopyButton text={path} label="Copy the path" />
        <button type="button" class="button button-small button-quiet" onClick={onDismiss}>
          Done
        </button>
      </div>
    </div>
  );
}
