/**
 * The main settings of a fill: mode, number of candidates, character.
 */
import type { ComponentProps } from "preact";
import type { Store } from "../state.ts";
import { fillOf } from "./fill.ts";
import { MoreSettings } from "./MoreSettings.tsx";
import { Range } from "./Range.tsx";
import { changedCount, type FillSettings, MOST_CANDIDATES } from "./settings.ts";

const MODES: readonly { mode: FillSettings["mode"]; label: string; title: string }[] = [
  { mode: "fill", label: "Fill", title: "New notes that fit the bars before and after" },
  { mode: "continue", label: "Continue", title: "New notes that follow from the bars before" },
  { mode: "vary", label: "Vary", title: "Keep some of the notes and change others" },
  { mode: "humanize", label: "Humanize", title: "The same notes, with the timing and velocities of players" },
];

type AmountWords = Pick<ComponentProps<typeof Range>, "label" | "title" | "ends" | "min" | "max">;

/** What the amount means, in the modes that have one. */
const AMOUNTS: Readonly<Partial<Record<FillSettings["mode"], AmountWords>>> = {
  vary: {
    label: "How much to change",
    title: "How many of the old notes are replaced",
    ends: ["Keep most", "Change most"],
    min: 0.05,
    max: 0.95,
  },
  humanize: {
    label: "How loose",
    title: "How far the notes may move in time and in velocity",
    ends: ["A little", "As players are"],
    min: 0.1,
    max: 1,
  },
};

export function FillForm({ store }: { store: Store }) {
  const fill = fillOf(store);
  const settings = fill.settings.value;
  const changed = changedCount(settings) + (store.pitchRange.value === undefined ? 0 : 1);
  const drawsNotes = settings.mode !== "humanize";
  const amount = AMOUNTS[settings.mode];
  return (
    <div class="fill-form">
      <div class="segments" role="radiogroup" aria-label="What to do with the bars">
        {MODES.map(({ mode, label, title }) => (
          <label key={mode} title={title}>
            <input
              type="radio"
              name="fill-mode"
              checked={settings.mode === mode}
              onChange={() => fill.set({ mode })}
            />
            {label}
          </label>
        ))}
      </div>
      {amount !== undefined && (
        <Range
          {...amount}
          step={0.05}
          value={settings.amount}
          text={`${Math.round(100 * settings.amount)} %`}
          onChange={(value) => fill.set({ amount: value })}
        />
      )}
      <div class="fill-two">
        <Range
          label="Candidates"
          title="How many results to choose from"
          min={1}
          max={MOST_CANDIDATES}
          step={1}
          value={settings.candidates}
          text={String(settings.candidates)}
          onChange={(candidates) => fill.set({ candidates })}
        />
        {drawsNotes && (
          <Range
            label="Character"
            title="Safe picks the most likely notes, wild takes risks"
            min={0.5}
            max={1.5}
            step={0.1}
            value={settings.temperature}
            text={characterOf(settings.temperature)}
            onChange={(value) => fill.set({ temperature: Math.round(10 * value) / 10 })}
          />
        )}
      </div>
      {drawsNotes && (
        <details
          class="fill-more"
          onToggle={({ currentTarget }) => {
            if (currentTarget.open) currentTarget.scrollIntoView({ block: "nearest" });
          }}
        >
          <summary title="Density, range, scale, rhythm and more">
            More {changed > 0 && <span class="chip chip-accent figures">{changed} set</span>}
          </summary>
          <MoreSettings store={store} />
        </details>
      )}
    </div>
  );
}

function characterOf(temperature: number): string {
  if (temperature < 0.65) return "Safe";
  if (temperature < 0.85) return "Calm";
  if (temperature < 1.05) return "Natural";
  return temperature < 1.25 ? "Bold" : "Wild";
}
