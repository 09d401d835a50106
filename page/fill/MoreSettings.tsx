/**
 * The settings of a fill under "More".
 */
import { pitchName } from "../../bridge/music/pitch.ts";
import { MODES, TONICS } from "../../bridge/music/scales.ts";
import { trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { fillOf } from "./fill.ts";
import { Range } from "./Range.tsx";
import { DENSITY_STEPS, type FillSettings } from "./settings.ts";

const VOICES = [1, 2, 3, 4, 6, 8];

export function MoreSettings({ store }: { store: Store }) {
  const fill = fillOf(store);
  const settings = fill.settings.value;
  const isDrums = trackById(store.song.value, store.region.value?.trackId)?.isDrums === true;
  return (
    <div class="fill-more-body">
      <Range
        label="Density"
        title="How many notes, compared with the bars around"
        ends={["Sparse", "Dense"]}
        min={-DENSITY_STEPS}
        max={DENSITY_STEPS}
        step={1}
        value={settings.density}
        text={densityText(settings.density)}
        onChange={(density) => fill.set({ density })}
      />
      <Range
        label="How different"
        title="Familiar may repeat the bars around, different avoids repeating them"
        ends={["Familiar", "Different"]}
        min={0}
        max={1}
        step={0.1}
        value={settings.novelty}
        text={settings.novelty === 0 ? "as usual" : `${Math.round(100 * settings.novelty)} %`}
        onChange={(novelty) => fill.set({ novelty: Math.round(10 * novelty) / 10 })}
      />
      {!isDrums && <ScaleFields store={store} />}
      {!isDrums && <PitchRange store={store} />}
      <label class="field field-row" title="Where notes start, and how long they are">
        <span>Rhythm</span>
        <select
          value={settings.rhythm}
          onChange={(event) => fill.set({ rhythm: event.currentTarget.value as FillSettings["rhythm"] })}
        >
          <option value="free">free</option>
          <option value="keepOnsets">keep where notes start</option>
          <option value="keep">keep starts and lengths</option>
        </select>
      </label>
      <label class="field field-row" title="How many notes may sound at the same time; 1 for a single line">
        <span>Notes at once</span>
        <select
          value={String(settings.polyphony)}
          onChange={(event) => fill.set({ polyphony: Number(event.currentTarget.value) })}
        >
          <option value="0">any</option>
          {VOICES.map((count) => (
            <option key={count} value={String(count)}>
              {count === 1 ? "one" : `at most ${count}`}
            </option>
          ))}
        </select>
      </label>
      <ModelField store={store} />
      <SeedField store={store} />
      <label class="field field-row" title="Play the first candidate as soon as it is ready">
        <span>Play at once</span>
        <input
          type="checkbox"
          class="switch"
          checked={settings.playsAtOnce}
          onChange={(event) => fill.set({ playsAtOnce: event.currentTarget.checked })}
        />
      </label>
      <button
        type="button"
        class="button button-small button-quiet"
        title="Reset all controls to their defaults"
        onClick={() => fill.reset()}
      >
        Reset all
      </button>
    </div>
  );
}

function densityText(density: number): string {
  if (density === 0) return "like the bars around";
  const words = ["a bit", "", "much", "very"];
  return `${words[Math.abs(density) - 1]} ${density < 0 ? "sparser" : "denser"}`.trim();
}

function ScaleFields({ store }: { store: Store }) {
  const fill = fillOf(store);
  const settings = fill.settings.value;
  const around = fill.surroundings.scale.value;
  return (
    <>
      <label class="field field-row" title="Which notes are allowed">
        <span>Scale</span>
        <select
          value={settings.scale}
          onChange={(event) => fill.set({ scale: event.currentTarget.value as FillSettings["scale"] })}
        >
          <option value="any">any</option>
          <option value="around">that of the bars around{around === undefined ? "" : `: ${around}`}</option>
          <option value="chosen">choose</option>
        </select>
      </label>
      {settings.scale === "chosen" && (
        <div class="row fill-scale">
          <select
            class="input"
            aria-label="Tonic"
            title="First note of the scale"
            value={settings.tonic}
            onChange={(event) => fill.set({ tonic: event.currentTarget.value as FillSettings["tonic"] })}
          >
            {TONICS.map((tonic) => (
              <option key={tonic}>{tonic}</option>
            ))}
          </select>
          <select
            class="input grow"
            aria-label="Mode"
            title="Kind of scale"
            value={settings.scaleMode}
            onChange={(event) =>
              fill.set({ scaleMode: event.currentTarget.value as FillSettings["scaleMode"] })
            }
          >
            {MODES.map((mode) => (
              <option key={mode}>{mode}</option>
            ))}
          </select>
        </div>
      )}
    </>
  );
}

function PitchRange({ store }: { store: Store }) {
  const range = store.pitchRange.value;
  return (
    <div class="field field-row" title="Lowest and highest note; drag the handles on the roll's keyboard">
      <span>Range</span>
      {range === undefined ? (
        <span class="quiet">free</span>
      ) : (
        <span class="row">
          <output class="figures">
            {pitchName(range[0])} to {pitchName(range[1])}
          </output>
          <button
            type="button"
            class="button button-small"
            title="Allow every pitch"
            onClick={() => {
              store.pitchRange.value = undefined;
            }}
          >
            Free
          </button>
        </span>
      )}
    </div>
  );
}

function ModelField({ store }: { store: Store }) {
  const fill = fillOf(store);
  const models = fill.surroundings.models.value;
  if (models.length < 2) return null;
  return (
    <label class="field field-row" title="Which model writes the notes">
      <span>Model</span>
      <select value={fill.modelId()} onChange={(event) => fill.set({ modelId: event.currentTarget.value })}>
        {models.map(({ id, isDefault }) => (
          <option key={id} value={isDefault ? "" : id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

function SeedField({ store }: { store: Store }) {
  const fill = fillOf(store);
  const { pinnedSeed } = fill.settings.value;
  const seed = pinnedSeed ?? fill.candidates.record.value?.seed;
  return (
    <label class="field field-row" title="The same seed and settings give the same notes again">
      <span>Same seed each time{seed !== undefined && <span class="figures fill-seed"> {seed}</span>}</span>
      <input
        type="checkbox"
        class="switch"
        checked={pinnedSeed !== undefined}
        disabled={seed === undefined}
        onChange={(event) => fill.set({ pinnedSeed: event.currentTarget.checked ? seed : undefined })}
      />
    </label>
  );
}
