/**
 * Where takes are played: a region of the open song, or a piece that comes with the page if no song is open.
 */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PageRegion } from "../document/song.ts";
import { openPiece } from "../files/open.ts";
import { PIECES_FOLDER, readPieces } from "../files/pieces.ts";
import { regionTitle } from "../fill/region-bars.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { regionToHear } from "./take.ts";

export function SongNeeded({
  store,
  children,
}: {
  store: Store;
  children: (region: PageRegion) => ComponentChildren;
}) {
  const [isBusy, setBusy] = useState(false);
  const region = store.roll.value === undefined ? undefined : regionToHear(store);
  if (region !== undefined) return <>{children(region)}</>;
  const open = async () => {
    setBusy(true);
    const [piece] = await readPieces();
    if (piece === undefined) store.tell("info", "Open a song in the roll first.");
    else await openPiece(store, piece.title, `${PIECES_FOLDER}${piece.file}`);
    setBusy(false);
  };
  return (
    <p class="row training-song-needed">
      <span class="grow">
        To hear a fill there must be music around it. Open a song in the roll, or take a piece.
      </span>
      <button type="button" class="button" disabled={isBusy} onClick={() => void open()}>
        <Icon name="note" />
        Take a piece
      </button>
    </p>
  );
}

export function PlaceName({ store, region }: { store: Store; region: PageRegion }) {
  return (
    <span class="quiet cut">
      {store.roll.value?.title}, {regionTitle(store.bars.value, region)}
    </span>
  );
}
