/**
 * Earlier fills of the session, any candidate of which can come back.
 */
import { useMemo } from "preact/hooks";
import { trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { fillOf } from "./fill.ts";
import { frameOf } from "./picture.ts";
import { RegionPicture } from "./RegionPicture.tsx";
import type { FillRecord } from "./record.ts";
import { letterOf } from "./words.ts";

export function PastFills({ store }: { store: Store }) {
  const past = fillOf(store).past.value;
  if (past.length === 0) return null;
  return (
    <details class="fill-past">
      <summary title="Every candidate of this session; press one to bring it back">
        Earlier candidates <span class="chip figures">{past.length}</span>
      </summary>
      <ul>
        {past.map((record) => (
          <PastFill key={record.key} store={store} record={record} />
        ))}
      </ul>
    </details>
  );
}

function PastFill({ store, record }: { store: Store; record: FillRecord }) {
  const fill = fillOf(store);
  const { candidates } = fill;
  const bars = store.bars.value;
  const frame = useMemo(
    () =>
      frameOf(
        bars,
        record.region,
        record.candidates.flatMap(({ notes }) => notes),
      ),
    [bars, record],
  );
  const track = trackById(store.song.value, record.region.trackId);
  const isShown = candidates.record.value?.key === record.key && candidates.isOffered.value;
  const time = new Date(record.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return (
    <li>
      <p class="fill-past-head">
        <strong>{record.place}</strong>
        <span class="quiet cut">
          {time}, {record.wish}
        </span>
      </p>
      <div class="fill-past-row">
        {record.candidates.map((candidate, index) => (
          <button
            type="button"
            class="fill-past-pick"
            key={candidate.seed}
            aria-pressed={isShown && candidates.picked.value === index}
            aria-label={`Bring back candidate ${letterOf(index)} of ${record.place}, ${time}`}
            title={track === undefined ? "Its track is not in the song" : `Offer ${letterOf(index)} again`}
            disabled={track === undefined}
            onClick={() => fill.bringBack(record, index)}
          >
            <RegionPicture frame={frame} region={record.region} around="" notes={candidate.notes} />
            <span>{letterOf(index)}</span>
          </button>
        ))}
      </div>
    </li>
  );
}
