/**
 * The panel beside the editor: the marked bars, the settings, the Fill button, and the result.
 */

import { plural } from "../../bridge/plural.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { CandidateCards } from "./CandidateCards.tsx";
import { FillForm } from "./FillForm.tsx";
import { fillOf } from "./fill.ts";
import { PastFills } from "./PastFills.tsx";
import { isSameRegion, regionTitle } from "./region-bars.ts";
import { TakeBar } from "./TakeBar.tsx";
import { Together } from "./Together.tsx";
import { trackTitles } from "./together.ts";
import { letterOf } from "./words.ts";

export function FillPanel({ store }: { store: Store }) {
  return (
    <section class="panel fill-panel" aria-label="Fill">
      <div class="fill-ask">
        <Where store={store} />
        <Together store={store} />
        <FillButton store={store} />
        <Trouble store={store} />
      </div>
      <CardsTitle store={store} />
      <CandidateCards store={store} />
      <TakeBar store={store} />
      <FillForm store={store} />
      <PastFills store={store} />
      <Spoken store={store} />
    </section>
  );
}

function Where({ store }: { store: Store }) {
  const region = store.region.value;
  const fill = fillOf(store);
  const hasTracks = store.song.value.tracks.length > 0;
  if (region === undefined) {
    return (
      <div class="stack">
        <p id="fill-hint">
          {hasTracks
            ? "Drag over the bar numbers to mark bars."
            : "Add a part, or a track to write notes into yourself."}
        </p>
        {hasTracks && (
          <button
            type="button"
            class="button"
            title="Mark bars at the cursor, or the first empty ones; never all of the music"
            onClick={() => fill.chooseBars()}
          >
            Choose 4 bars for me
          </button>
        )}
        <button
          type="button"
          class="button"
          title="Drums, a bass, chords, a melody that the song does not have yet (Shift+P)"
          onClick={() => fill.adding.begin()}
        >
          <Icon name="plus" size={15} /> Add a part…
        </button>
      </div>
    );
  }
  const song = store.song.value;
  return (
    <div class="fill-where">
      <p class="cut">
        <strong>{regionTitle(store.bars.value, region)}</strong>
        <span class="quiet"> {trackTitles(song, fill.together.of(region))}</span>
      </p>
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label="Unmark the bars"
        title="Unmark the bars"
        onClick={() => {
          store.region.value = undefined;
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

/** Which bars the candidates are for, where others are marked meanwhile. */
function CardsTitle({ store }: { store: Store }) {
  const fill = fillOf(store);
  const shown = fill.unfinished.value ?? fill.candidates.record.value;
  if (shown === undefined || isSameRegion(shown.region, store.region.value)) return null;
  return (
    <h3 class="label">
      For {shown.title.toLowerCase()}, {trackTitles(store.song.value, shown.region)}
    </h3>
  );
}

const VERBS = { fill: "Fill", continue: "Continue", vary: "Vary", humanize: "Humanize" } as const;

function FillButton({ store }: { store: Store }) {
  const fill = fillOf(store);
  const unfinished = fill.unfinished.value;
  const region = store.region.value;
  if (unfinished !== undefined) {
    return (
      <div class="fill-running">
        <progress
          class="progress"
          max={1}
          aria-label={`Filling ${unfinished.title.toLowerCase()}`}
          {...(unfinished.fraction > 0 ? { value: unfinished.fraction } : {})}
        />
        <div class="row">
          <span class="quiet grow figures">
            {unfinished.notes.length === 0
              ? "Listening to the surrounding bars…"
              : `${plural(unfinished.notes.length, "note")} so far`}
          </span>
          <button
            type="button"
            class="button button-small"
            title="Stop the fill; the song stays as it was (Esc)"
            onClick={() => fill.cancel()}
          >
            Cancel
          </button>
        </div>
      </div>
    );
  }
  const hasOffer =
    fill.candidates.offer.value !== undefined && isSameRegion(region, fill.candidates.record.value?.region);
  return (
    <button
      type="button"
      class={`button button-large fill-go${hasOffer ? "" : " button-primary"}`}
      disabled={region === undefined}
      aria-describedby={region === undefined ? "fill-hint" : undefined}
      title={
        region === undefined ? "Mark bars first: drag over the bar numbers" : "Fill the bars with notes (F)"
      }
      onClick={() => fill.start()}
    >
      <Icon name="fill" />
      {hasOffer ? `${VERBS[fill.settings.value.mode]} again` : VERBS[fill.settings.value.mode]}
    </button>
  );
}

function Trouble({ store }: { store: Store }) {
  const fill = fillOf(store);
  const problem = fill.problem.value;
  if (problem !== undefined) {
    return (
      <div class="fill-problem" role="alert">
        <p>{problem.text}</p>
        {problem.canRetry && (
          <button type="button" class="button button-small" title="Fill again" onClick={() => fill.retry()}>
            Try again
          </button>
        )}
      </div>
    );
  }
  const warnings = fill.unfinished.value === undefined ? (fill.candidates.record.value?.warnings ?? []) : [];
  return (
    <>
      {warnings.map((warning) => (
        <p class="fill-note" key={warning}>
          <Icon name="info" size={15} /> {warning}
        </p>
      ))}
    </>
  );
}

/** For those who hear the page. */
function Spoken({ store }: { store: Store }) {
  const fill = fillOf(store);
  const { record, picked, isOffered } = fill.candidates;
  const unfinished = fill.unfinished.value;
  const shown = record.value;
  const text =
    unfinished !== undefined
      ? `Filling ${unfinished.title.toLowerCase()}`
      : shown !== undefined && isOffered.value
        ? `${plural(shown.candidates.length, "candidate")} for ${shown.title.toLowerCase()}, ${letterOf(picked.value)} is shown`
        : "";
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}
