/**
 * Actions on the selected candidate: hear it, accept it whole or bar by bar, ask for more like it, or reject all.
 */

import { useRef } from "preact/hooks";
import { hostTitle } from "../files/host-title.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { useRoving } from "../ui/roving.ts";
import { fillOf } from "./fill.ts";
import { isEmpty, isOpen } from "./offer.ts";
import { barsIn } from "./region-bars.ts";
import { letterOf } from "./words.ts";

/** More bars than these have no buttons of their own. */
const MOST_BARS = 32;

export function TakeBar({ store }: { store: Store }) {
  const fill = fillOf(store);
  const { candidates } = fill;
  const record = candidates.record.value;
  if (fill.unfinished.value !== undefined || record === undefined) return null;
  const offer = candidates.offer.value;
  if (offer === undefined) return <p class="fill-note">Press a candidate to look at it again.</p>;
  const isDone = isEmpty(offer);
  const letter = letterOf(candidates.picked.value);
  const isPlaying = store.playTick.value !== undefined;
  return (
    <div class="fill-take">
      {candidates.isStale.value && !isDone && (
        <p class="fill-note">
          <Icon name="info" size={15} /> The bars changed since these were made.
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="button grow"
          title="Hear it in its place, from the bar before (P)"
          onClick={() => fill.audition()}
        >
          <Icon name={isPlaying ? "stop" : "play"} /> {isPlaying ? "Stop" : "Listen"}
        </button>
        <button
          type="button"
          class="button button-ghost grow"
          disabled={isDone}
          title={`Put all notes of candidate ${letter} into the song (Enter)`}
          onClick={() => candidates.acceptAll()}
        >
          <Icon name="check" /> {isDone ? "In the song" : `Accept ${letter}`}
        </button>
      </div>
      {!isDone && <BarButtons store={store} />}
      <div class="row">
        <button
          type="button"
          class="button button-small grow"
          title={`Vary candidate ${letter} a little (Shift+F)`}
          onClick={() => fill.moreLikeThis()}
        >
          More like {letter}
        </button>
        <button
          type="button"
          class="button button-small button-quiet"
          disabled={isDone}
          title="Take none of them; the song stays as it is (Shift+Escape)"
          onClick={() => candidates.reject()}
        >
          Reject
        </button>
      </div>
      {store.roll.value?.host != null && (
        <p class="fill-note">Accept, then Send: {hostTitle(store.roll.value.host.name)} is waiting.</p>
      )}
    </div>
  );
}

function BarButtons({ store }: { store: Store }) {
  const { candidates } = fillOf(store);
  const group = useRef<HTMLFieldSetElement>(null);
  useRoving(group);
  const offer = candidates.offer.value;
  const spans = offer === undefined ? [] : barsIn(store.bars.value, offer.region);
  if (offer === undefined || spans.length < 2 || spans.length > MOST_BARS) return null;
  return (
    <fieldset class="fill-bars" ref={group}>
      <legend class="label">Or only bar</legend>
      {spans.map((span) => {
        const canTake = isOpen(offer, span);
        return (
          <button
            type="button"
            class="button button-small figures"
            key={span.number}
            disabled={!canTake}
            aria-label={`Accept bar ${span.number}${canTake ? "" : ", done"}`}
            title={canTake ? `Put only bar ${span.number} into the song` : "In the song"}
            onClick={() => candidates.acceptSpan(span, `Bar ${span.number}`)}
          >
            {span.number}
          </button>
        );
      })}
    </fieldset>
  );
}
