/**
 * One region of the song, filled by the original model and by each checkpoint.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { TrainingRun } from "../../bridge/client/generated/protocol.ts";
import type { PageNote, PageRegion } from "../document/song.ts";
import { type Frame, frameOf, notesAround, notesOfTrack, pathOf } from "../fill/picture.ts";
import { RegionPicture } from "../fill/RegionPicture.tsx";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { Audition } from "./audition.ts";
import { PlaceName, SongNeeded } from "./SongNeeded.tsx";
import { take } from "./take.ts";
import type { TrainingPageState } from "./training-state.ts";
import { count, loss } from "./words.ts";

const SEED = 1;

interface Heard {
  readonly model: string;
  readonly label: string;
  readonly detail: string;
}

export function Listen({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  const { store } = state;
  return (
    <section class="training-section" aria-labelledby="training-listen">
      <h3 id="training-listen">Listen</h3>
      <SongNeeded store={store}>
        {(region) => <Takes store={store} region={region} heard={heardOf(state, run)} />}
      </SongNeeded>
    </section>
  );
}

function heardOf(state: TrainingPageState, run: TrainingRun): Heard[] {
  const before =
    run.from === null ? [] : [{ model: run.from, label: "Before", detail: loss(run.lossBefore) }];
  const checkpoints = state.checkpoints.value.map(({ model, step, heldOutLoss }) => ({
    model,
    label: model.includes("/") ? `Step ${count(step)}` : "Its best",
    detail: loss(heldOutLoss),
  }));
  return [...before, ...checkpoints];
}

function Takes({ store, region, heard }: { store: Store; region: PageRegion; heard: readonly Heard[] }) {
  const audition = useMemo(() => new Audition(store), [store]);
  useEffect(() => () => audition.close(), [audition]);
  const [takes, setTakes] = useState<ReadonlyMap<string, readonly PageNote[]>>(new Map());
  const [isBusy, setBusy] = useState(false);
  const missing = heard.filter(({ model }) => !takes.has(model));
  const fill = async () => {
    setBusy(true);
    const all = new Map(takes);
    for (const { model } of missing) {
      try {
        all.set(model, await take(store, region, model, SEED));
        setTakes(new Map(all));
      } catch (thrown) {
        store.fail(thrown);
        break;
      }
    }
    setBusy(false);
  };
  const made = heard.flatMap((one) => {
    const notes = takes.get(one.model);
    return notes === undefined ? [] : [{ ...one, notes }];
  });
  const frame = frameOfTakes(
    store,
    region,
    made.map(({ notes }) => notes),
  );
  return (
    <>
      <div class="row">
        <PlaceName store={store} region={region} />
        <span class="grow" />
        <button
          type="button"
          class="button"
          disabled={isBusy || missing.length === 0}
          onClick={() => void fill()}
        >
          <Icon name="fill" />
          {isBusy ? "Filling…" : takes.size === 0 ? "Fill by each" : "Fill by the new ones"}
        </button>
      </div>
      {heard.length === 0 && <p class="quiet">There is nothing to listen to before its first checkpoint.</p>}
      <ul class="training-takes">
        {made.map(({ model, label, detail, notes }) => (
          <li key={model}>
            <TakeCard
              store={store}
              region={region}
              notes={notes}
              frame={frame}
              label={label}
              detail={detail}
              isPlaying={audition.playing.value === model}
              toggle={() => audition.toggle(model, region, notes)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

/** The same for all, so that they can be compared by eye. */
export function frameOfTakes(
  store: Store,
  region: PageRegion,
  takes: readonly (readonly PageNote[])[],
): Frame {
  const [song, bars] = [store.song.value, store.bars.value];
  return frameOf(bars, region, [...takes.flat(), ...notesOfTrack(song, bars, region)]);
}

export function TakeCard(props: {
  store: Store;
  region: PageRegion;
  notes: readonly PageNote[];
  frame: Frame;
  label: string;
  detail: string;
  isPlaying: boolean;
  toggle: () => void;
}) {
  const { store, region, notes, frame, label, detail, isPlaying, toggle } = props;
  const around = pathOf(notesAround(store.song.value, region, frame), frame);
  return (
    <button
      type="button"
      class="card training-take"
      aria-pressed={isPlaying}
      aria-label={`${isPlaying ? "Stop" : "Play"} ${label}, ${notes.length} notes`}
      onClick={toggle}
    >
      <span class="row">
        <Icon name={isPlaying ? "stop" : "play"} size={16} />
        <strong class="grow">{label}</strong>
        <span class="quiet figures">{detail}</span>
      </span>
      <RegionPicture frame={frame} region={region} notes={notes} around={around} />
    </button>
  );
}
