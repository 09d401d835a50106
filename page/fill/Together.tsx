/**
 * Which other tracks are filled in the marked bars together with the one that they are marked in.
 */
import { tracksWith } from "../../bridge/music/song-in-region.ts";
import { trackTitle } from "../editor/track-title.ts";
import type { Store } from "../state.ts";
import { fillOf } from "./fill.ts";
import { MOST_TOGETHER } from "./together.ts";

export function Together({ store }: { store: Store }) {
  const { together } = fillOf(store);
  const region = store.region.value;
  const { tracks } = store.song.value;
  if (region === undefined || tracks.length < 2) return null;
  const choices = tracksWith(tracks, region.trackId).filter(({ id }) => id !== region.trackId);
  const chosen = together.of(region).also ?? [];
  return (
    <details class="fill-together">
      <summary title="Each hears the new notes of those before it; a candidate is the notes of all">
        With other tracks{" "}
        {chosen.length > 0 && <span class="chip chip-accent figures">{`${chosen.length} more`}</span>}
      </summary>
      <fieldset aria-label="Tracks to fill as well">
        {choices.map((track) => (
          <label key={track.id} class="row">
            <input
              type="checkbox"
              checked={chosen.includes(track.id)}
              disabled={!chosen.includes(track.id) && chosen.length >= MOST_TOGETHER - 1}
              onChange={({ currentTarget }) => together.choose(track.id, currentTarget.checked)}
            />
            <span class="quiet figures">{tracks.indexOf(track) + 1}</span>
            <span class="cut">{trackTitle(track, tracks.indexOf(track))}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
