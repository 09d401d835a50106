/**
 * One training: its state, curves, sound, data, and the installation of its model.
 */
import { useState } from "preact/hooks";
import type { TrainingRun } from "../../bridge/client/generated/protocol.ts";
import { Icon } from "../ui/icons.tsx";
import { sentence } from "../ui/plain-words.ts";
import { Curve } from "./Curve.tsx";
import { Install } from "./Install.tsx";
import { Listen } from "./Listen.tsx";
import { Report } from "./Report.tsx";
import { chipOf } from "./RunList.tsx";
import type { TrainingPageState } from "./training-state.ts";
import { count, duration, fractionOf, isAtWork, loss, originOf, STATE_WORDS } from "./words.ts";

export function RunView({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  return (
    <article class="training-run-view" aria-label={run.name}>
      <header class="training-head">
        <div class="grow">
          <h2 class="training-title cut">{run.name}</h2>
          <p class="quiet cut">
            {originOf(run)}, {duration(run.minutes * 60)} in all
          </p>
        </div>
        <span class={`chip ${chipOf(run.state)}`} role="status">
          {STATE_WORDS[run.state]}
        </span>
        <Actions state={state} run={run} />
      </header>
      {run.error !== null && (
        <p class="training-error" role="alert">
          <Icon name="warning" />
          {sentence(run.error.message)}
        </p>
      )}
      <progress
        class="progress training-progress"
        max={1}
        value={fractionOf(run)}
        aria-label="Progress of this training"
      />
      <Figures run={run} />
      {state.points.value.length > 0 ? (
        <Curve points={state.points.value} />
      ) : (
        <p class="quiet training-empty">The curves begin with the first steps.</p>
      )}
      <Install state={state} run={run} />
      <Listen state={state} run={run} />
      <Report state={state} run={run} />
    </article>
  );
}

function Actions({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  const { runId } = run;
  const canPause = run.state === "training" || run.state === "preparing" || run.state === "waiting";
  const canResume = run.state === "paused" || run.state === "failed";
  return (
    <div class="row">
      {canPause && (
        <button type="button" class="button" onClick={() => state.act("training/pause", runId)}>
          <Icon name="pause" />
          Pause
        </button>
      )}
      {canResume && (
        <button
          type="button"
          class="button button-primary"
          onClick={() => state.act("training/resume", runId)}
        >
          <Icon name="play" />
          Resume
        </button>
      )}
      {(canPause || canResume) && (
        <button
          type="button"
          class="button"
          title="End it for good; what it has learnt stays"
          onClick={() => state.act("training/stop", runId)}
        >
          <Icon name="stop" />
          Finish now
        </button>
      )}
      {!isAtWork(run) && run.state !== "waiting" && <Remove state={state} run={run} />}
    </div>
  );
}

/** Asked again before it is done: nothing brings it back. */
function Remove({ state, run: { runId, name } }: { state: TrainingPageState; run: TrainingRun }) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    return (
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete ${name}`}
        title="Delete"
        onClick={() => setAsked(true)}
      >
        <Icon name="trash" />
      </button>
    );
  }
  const remove = () =>
    state.attempt(async () => {
      await state.store.client.daemon.call("training/remove", { runId });
      state.removed(runId);
    });
  return (
    <>
      <button type="button" class="button button-danger" onClick={() => void remove()}>
        <Icon name="trash" />
        Delete for good
      </button>
      <button type="button" class="button button-quiet" onClick={() => setAsked(false)}>
        Keep
      </button>
    </>
  );
}

function Figures({ run }: { run: TrainingRun }) {
  const { secondsLeft, notesPerSecond, memoryMib } = run;
  const figures: [string, string][] = [
    ["trained", duration(run.trainedSeconds)],
    ["left", secondsLeft === null ? "–" : duration(secondsLeft)],
    ["steps", count(run.step)],
    ["notes a second", notesPerSecond === null ? "–" : count(notesPerSecond)],
    ["memory", memoryMib === null ? "–" : `${count(memoryMib)} MB`],
    ["loss while learning", loss(run.trainLoss)],
  ];
  return (
    <dl class="training-figures figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
