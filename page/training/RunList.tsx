import type { TrainingPageState } from "./training-state.ts";
import { fractionOf, isAtWork, originOf, STATE_WORDS } from "./words.ts";

export function RunList({ state }: { state: TrainingPageState }) {
  const runs = state.runs.value;
  if (runs === undefined) return <p class="quiet training-none">One moment…</p>;
  if (runs.length === 0) return <p class="quiet training-none">No trainings yet.</p>;
  return (
    <ul class="training-runs">
      {runs.map((run) => (
        <li key={run.runId}>
          <button
            type="button"
            class="card training-run"
            aria-current={state.run?.runId === run.runId ? "true" : undefined}
            onClick={() => state.show({ kind: "run", runId: run.runId })}
          >
            <span class="training-run-name cut">{run.name}</span>
            <span class={`chip ${chipOf(run.state)}`}>{STATE_WORDS[run.state]}</span>
            <span class="quiet cut training-run-from">{originOf(run)}</span>
            {isAtWork(run) && (
              <progress
                class="progress"
                max={1}
                value={fractionOf(run)}
                aria-label={`Progress of ${run.name}`}
              />
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function chipOf(state: string): string {
  if (state === "failed") return "chip-danger";
  if (state === "training" || state === "preparing") return "chip-accent";
  return state === "done" || state === "stopped" ? "chip-ghost" : "";
}
