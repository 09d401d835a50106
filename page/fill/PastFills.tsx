/**
 * Earlier fills of the song, any candidate of which can come back: all of them, or those with a star.
 */
import { useMemo, useRef, useState } from "preact/hooks";
import { trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { useRoving } from "../ui/roving.ts";
import { when } from "../ui/when.ts";
import { fillOf } from "./fill.ts";
import { starredOnly } from "./past.ts";
import { frameOf } from "./picture.ts";
import { RegionPicture } from "./RegionPicture.tsx";
import type { FillRecord } from "./record.ts";
import { letterOf } from "./words.ts";

export function PastFills({ store }: { store: Store }) {
  const past = fillOf(store).past.all.value;
  const [isStarredOnly, setStarredOnly] = useState(false);
  if (past.length === 0) return null;
  const starred = starredOnly(past);
  const isNarrow = isStarredOnly && starred.length > 0;
  return (
    <details class="fill-past">
      <summary title="Every candidate of this song; press one to bring it back">
        Earlier candidates <span class="chip figures">{past.length}</span>
      </summary>
      {starred.length > 0 && (
        <label class="row fill-past-filter">
          <input
            type="checkbox"
            checked={isNarrow}
            onChange={({ currentTarget }) => setStarredOnly(currentTarget.checked)}
          />
          Only those with a star
        </label>
      )}
      <ul>
        {(isNarrow ? starred : past).map((shown) => (
          <PastFill
            key={shown.key}
            store={store}
            shown={shown}
            record={past.find(({ key }) => key === shown.key) ?? shown}
          />
        ))}
      </ul>
    </details>
  );
}

/** @param shown  the record with the candidates that are listed */
function PastFill({ store, record, shown }: { store: Store; record: FillRecord; shown: FillRecord }) {
  const fill = fillOf(store);
  const row = useRef<HTMLFieldSetElement>(null);
  useRoving(row);
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
  const isThere =
    record.draft !== undefined || trackById(store.song.value, record.region.trackId) !== undefined;
  const isShown = candidates.record.value?.key === record.key && candidates.isOffered.value;
  const time = when(new Date(record.at));
  return (
    <li>
      <p class="fill-past-head">
        <strong>{record.title}</strong>
        <span class="quiet cut">
          {time}, {record.summary}
        </span>
      </p>
      <fieldset class="fill-past-row" ref={row} aria-label={`${record.title}, ${time}`}>
        {shown.candidates.map((candidate) => {
          const index = record.candidates.indexOf(candidate);
          const isStarred = record.starred.includes(candidate.seed);
          return (
            <button
              type="button"
              class="fill-past-pick"
              key={candidate.seed}
              aria-pressed={isShown && candidates.picked.value === index}
              aria-label={`Bring back candidate ${letterOf(index)} of ${record.title}, ${time}${isStarred ? ", with a star" : ""}`}
              title={isThere ? `Offer ${letterOf(index)} again` : "Its track is not in the song"}
              disabled={!isThere}
              onClick={() => fill.bringBack(record, index)}
            >
              <RegionPicture frame={frame} region={record.region} around="" notes={candidate.notes} />
              <span>{letterOf(index)}</span>
              {isStarred && <Icon name="star" size={11} />}
            </button>
          );
        })}
      </fieldset>
    </li>
  );
}
