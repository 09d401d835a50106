/**
 * The start screen: open a file, one of our pieces, or an earlier song.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { MIDI_ACCEPT } from "../../bridge/music/midi-files.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { NewSongForm } from "./NewSongForm.tsx";
import { opening, openPiece } from "./open.ts";
import { PiecePicture } from "./PiecePicture.tsx";
import { PIECES_FOLDER, type Piece, readPieces } from "./pieces.ts";
import { SongList } from "./SongList.tsx";
import { openFiles } from "./several.ts";

export function StartScreen({ store }: { store: Store }) {
  return (
    <main class="start" tabIndex={-1}>
      <div class="start-column">
        <DropArea store={store} />
        <Pieces store={store} />
        <SongList store={store} />
      </div>
    </main>
  );
}

function DropArea({ store }: { store: Store }) {
  const input = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [isNew, setNew] = useState(false);
  const isReady = store.connection.value === "open" && opening.value === undefined;
  return (
    <section class="drop-area" aria-labelledby="drop-title">
      <div class="drop-picture" aria-hidden="true">
        <Icon name="note" size={34} />
      </div>
      <h2 id="drop-title">
        {opening.value === undefined ? "Drop a MIDI file, or try one of these" : `Opening ${opening.value}…`}
      </h2>
      <p class="quiet">Select bars, press Fill, hear them filled. Nothing leaves this machine.</p>
      <div class="drop-buttons">
        <button
          type="button"
          class="button button-primary button-large"
          disabled={!isReady}
          onClick={() => input.current?.click()}
        >
          <Icon name="folder" />
          Choose a MIDI file
        </button>
        <button
          ref={opener}
          type="button"
          class="button button-large"
          aria-expanded={isNew}
          disabled={!isReady}
          onClick={() => setNew(!isNew)}
        >
          <Icon name="plus" />
          New song
        </button>
      </div>
      {isNew && (
        <NewSongForm
          store={store}
          onClose={() => {
            setNew(false);
            opener.current?.focus();
          }}
        />
      )}
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        accept={MIDI_ACCEPT}
        aria-label="MIDI file"
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file again is a choice as well.
          void openFiles(store, files).then(() => clear(currentTarget));
        }}
      />
    </section>
  );
}

function Pieces({ store }: { store: Store }) {
  const [pieces, setPieces] = useState<readonly Piece[]>([]);
  useEffect(() => {
    readPieces().then(setPieces, () => {});
  }, []);
  const isReady = store.connection.value === "open" && opening.value === undefined;
  return (
    <section aria-label="Pieces to try">
      <ul class="pieces">
        {pieces.map((piece) => (
          <li key={piece.file}>
            <button
              type="button"
              class="card piece"
              disabled={!isReady}
              onClick={() => openPiece(store, piece.title, `${PIECES_FOLDER}${piece.file}`)}
            >
              <PiecePicture notes={piece.notes} />
              <span class="piece-words">
                <span class="piece-title cut">{piece.title}</span>
                <span class="quiet cut">
                  {piece.composer} · {piece.sound}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function clear(input: HTMLInputElement): void {
  input.value = "";
}
