/**
 * Trainings: a model learns the musician's style; watch it, listen to it, compare it blind, install it.
 */
import { useEffect, useMemo } from "preact/hooks";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { BlindTest } from "./BlindTest.tsx";
import { Models } from "./Models.tsx";
import { NewTraining } from "./NewTraining.tsx";
import { RunList } from "./RunList.tsx";
import { RunView } from "./RunView.tsx";
import { type Shown, TrainingPageState } from "./training-state.ts";

export function TrainingWindow({ store }: { store: Store }) {
  const state = useMemo(() => new TrainingPageState(store), [store]);
  const isOpen = store.connection.value === "open";
  useEffect(() => (isOpen ? state.listen() : undefined), [state, isOpen]);
  return (
    <div class="training">
      <nav class="training-side" aria-label="Trainings">
        <Choice state={state} to={{ kind: "new" }} icon="plus" label="Teach it your style" isPrimary />
        <RunList state={state} />
        <div class="training-side-end">
          <Choice state={state} to={{ kind: "blind" }} icon="compare" label="Blind test" />
          <Choice state={state} to={{ kind: "models" }} icon="info" label="Installed models" />
        </div>
      </nav>
      <div class="training-main">
        <Main state={state} />
      </div>
    </div>
  );
}

function Main({ state }: { state: TrainingPageState }) {
  const { kind } = state.shown.value;
  if (kind === "models") return <Models state={state} />;
  if (kind === "blind") return <BlindTest state={state} />;
  const { run } = state;
  return run === undefined ? (
    <NewTraining state={state} />
  ) : (
    <RunView key={run.runId} state={state} run={run} />
  );
}

function Choice(props: {
  state: TrainingPageState;
  to: Shown;
  icon: "plus" | "compare" | "info";
  label: string;
  isPrimary?: boolean;
}) {
  const { state, to, icon, label, isPrimary = false } = props;
  const isShown = state.shown.value.kind === to.kind;
  return (
    <button
      type="button"
      class={isPrimary ? "button training-new" : "button button-quiet training-choice"}
      aria-current={isShown ? "page" : undefined}
      onClick={() => state.show(to)}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}
