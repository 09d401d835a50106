/**
 * Two models fill the same region with the same seed; the musician hears both without their names and chooses.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ComparisonPair } from "../../bridge/client/generated/protocol.ts";
import type { PageNote, PageRegion } from "../document/song.ts";
import { Icon } from "../ui/icons.tsx";
import { Audition } from "./audition.ts";
import { type Contender, contenders, dealt, type Hand, type Side, scoreOf, winnerOf } from "./blind.ts";
import { frameOfTakes, TakeCard } from "./Listen.tsx";
import { PlaceName, SongNeeded } from "./SongNeeded.tsx";
import { verdict } from "./sign-test.ts";
import { take } from "./take.ts";
import type { TrainingPageState } from "./training-state.ts";

interface Round extends Hand {
  readonly region: PageRegion;
  readonly seed: number;
  readonly left: readonly PageNote[];
  readonly right: readonly PageNote[];
}

export function BlindTest({ state }: { state: TrainingPageState }) {
  const { store } = state;
  const all = contenders(state.models.value, state.runs.value ?? []);
  const [chosenOwn, setOwn] = useState<string>();
  const [chosenOther, setOther] = useState<string>();
  const own = chosenOwn ?? all[0]?.model ?? "";
  const other = chosenOther ?? all.findLast(({ model }) => model !== own)?.model ?? "";
  const labelOf = (name: string) => all.find(({ model }) => model === name)?.label ?? name;
  const [pairs, setPairs] = useState<readonly ComparisonPair[]>([]);
  const readScore = async () => {
    const answer = await state.attempt(() => store.client.daemon.call("comparison/score", {}));
    if (answer !== undefined) setPairs(answer.pairs);
  };
  useEffect(() => void readScore(), []);
  const score = scoreOf(pairs, own, other);
  return (
    <section class="training-blind" aria-labelledby="training-blind">
      <header>
        <h2 id="training-blind" class="training-title">
          Blind test
        </h2>
        <p class="quiet">
          Both fill the same bars. You hear them without their names, choose, and the score says whether it
          can be chance.
        </p>
      </header>
      <div class="training-fields">
        <Choice label="This model" all={all} value={own} set={setOwn} />
        <Choice label="against" all={all} value={other} set={setOther} />
      </div>
      <p class="training-verdict" role="status">
        {own === other ? "Choose two different models." : verdict(score, labelOf(own))}
      </p>
      {own !== other && (
        <SongNeeded store={store}>
          {(region) => (
            <Rounds
              key={`${own} ${other}`}
              state={state}
              region={region}
              pair={[own, other]}
              labelOf={labelOf}
              onRecorded={readScore}
            />
          )}
        </SongNeeded>
      )}
    </section>
  );
}

function Choice(props: {
  label: string;
  all: readonly Contender[];
  value: string;
  set: (name: string) => void;
}) {
  const { label, all, value, set } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {all.map(({ model, label: name }) => (
          <option key={model} value={model}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Rounds(props: {
  state: TrainingPageState;
  region: PageRegion;
  pair: readonly [own: string, other: string];
  labelOf: (model: string) => string;
  onRecorded: () => Promise<void>;
}) {
  const { state, region, pair, labelOf, onRecorded } = props;
  const { store } = state;
  const audition = useMemo(() => new Audition(store), [store]);
  useEffect(() => () => audition.close(), [audition]);
  const [round, setRound] = useState<Round>();
  const [isBusy, setBusy] = useState(false);
  const [unveiled, setUnveiled] = useState("");
  const begin = async () => {
    audition.stop();
    audition.forget();
    setBusy(true);
    setUnveiled("");
    const hand = dealt(pair, Math.random);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const made = await state.attempt(async () => {
      const left = await take(store, region, hand.leftModel, seed);
      return { left, right: await take(store, region, hand.rightModel, seed) };
    });
    setRound(made === undefined ? undefined : { ...hand, ...made, region, seed });
    setBusy(false);
  };
  const choose = async (side: Side) => {
    if (round === undefined) return;
    audition.stop();
    await state.attempt(async () => {
      await store.client.daemon.call("comparison/record", {
        ...{ modelA: pair[0], modelB: pair[1], winner: winnerOf(round, side, pair) },
        ...{ title: store.roll.value?.title ?? "", seed: round.seed },
        ...{ startTick: round.region.startTick, endTick: round.region.endTick },
      });
      setUnveiled(`Left was ${labelOf(round.leftModel)}, right was ${labelOf(round.rightModel)}.`);
      setRound(undefined);
      await onRecorded();
    });
  };
  const areHeard = audition.heard.value.has("left") && audition.heard.value.has("right");
  const sides = [
    ["left", "Left", round?.left],
    ["right", "Right", round?.right],
  ] as const;
  return (
    <div class="stack">
      <PlaceName store={store} region={region} />
      {round === undefined && (
        <div class="row">
          <button
            type="button"
            class="button button-primary button-large"
            disabled={isBusy}
            onClick={() => void begin()}
          >
            <Icon name="compare" />
            {isBusy ? "Filling twice…" : unveiled === "" ? "Begin" : "Another round"}
          </button>
          <p class="quiet" role="status">
            {unveiled}
          </p>
        </div>
      )}
      {round !== undefined && (
        <>
          <div class="training-hands">
            {sides.map(([side, label, notes]) => (
              <div key={side} class="stack">
                <TakeCard
                  store={store}
                  region={round.region}
                  notes={notes ?? []}
                  frame={frameOfTakes(store, round.region, [round.left, round.right])}
                  label={label}
                  detail={audition.heard.value.has(side) ? `${label} heard` : ""}
                  isPlaying={audition.playing.value === side}
                  toggle={() => audition.toggle(side, round.region, notes)}
                />
                <button
                  type="button"
                  class="button"
                  disabled={!areHeard}
                  aria-describedby={areHeard ? undefined : "training-hear-both"}
                  onClick={() => void choose(side)}
                >
                  {label} is better
                </button>
              </div>
            ))}
          </div>
          <div class="row">
            <button
              type="button"
              class="button button-quiet"
              disabled={!areHeard}
              onClick={() => void choose("tie")}
            >
              No difference
            </button>
            {!areHeard && (
              <p id="training-hear-both" class="quiet">
                Listen to both before you choose.
              </p>
            )}
          </div>
        </>
      )}
    </div>
  );
}
