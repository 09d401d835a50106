/**
 * Before and after, side by side, and the way into the list of models.
 */
import { useState } from "preact/hooks";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { TrainingRun } from "../../bridge/client/generated/protocol.ts";
import { Icon } from "../ui/icons.tsx";
import { plainText } from "../ui/plain-words.ts";
import type { TrainingPageState } from "./training-state.ts";
import { changeOf, isAtWork, loss, modelName } from "./words.ts";

export function Install({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  const isBetter = run.lossBefore !== null && run.lossBest !== null && run.lossBest < run.lossBefore;
  return (
    <section class="card training-install" aria-label="Before and after">
      <div class="training-sides figures">
        <Side label="before" value={loss(run.lossBefore)} isBest={false} />
        <Icon name="right" />
        <Side label="now, at its best" value={loss(run.lossBest)} isBest={isBetter} />
      </div>
      <p class="grow">{changeOf(run)}</p>
      <InstallForm state={state} run={run} />
    </section>
  );
}

function Side({ label, value, isBest }: { label: string; value: string; isBest: boolean }) {
  return (
    <div class={isBest ? "training-side-best" : ""}>
      <span class="training-side-value">{value}</span>
      <span class="quiet">{label}</span>
    </div>
  );
}

function InstallForm({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  const [name, setName] = useState(modelName(run.name));
  const [problem, setProblem] = useState<{ code: string; text: string }>();
  if (run.installedAs !== null) {
    return (
      <p class="chip chip-ghost">
        <Icon name="check" size={14} />
        installed as {run.installedAs}
      </p>
    );
  }
  const isReady = run.hasModel && !isAtWork(run);
  const install = async (force: boolean) => {
    setProblem(undefined);
    try {
      const { model } = await state.store.client.daemon.call("training/install", {
        ...{ runId: run.runId, name, force },
      });
      await state.readModels();
      state.store.tell("info", `${model} is installed: choose it beside Fill.`);
    } catch (thrown) {
      const code = thrown instanceof BridgeError ? thrown.code : "";
      setProblem({ code, text: plainText(thrown) });
    }
  };
  return (
    <form
      class="training-install-form"
      onSubmit={(event) => {
        event.preventDefault();
        void install(false);
      }}
    >
      <label class="field">
        <span>Install as</span>
        <input
          value={name}
          maxLength={64}
          required
          spellcheck={false}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button
        type="submit"
        class="button"
        disabled={!isReady}
        title={isReady ? "Every fill and every host can choose it then" : "Pause or finish it first"}
      >
        <Icon name="download" />
        Install
      </button>
      {problem !== undefined && (
        <p class="training-problem" role="alert">
          {problem.code === "MODEL_WORSE"
            ? "It did not get better on music it was not trained on: train longer, or on more pieces."
            : problem.text}
          {problem.code === "MODEL_WORSE" && (
            <button type="button" class="button button-small" onClick={() => install(true)}>
              Install it anyway
            </button>
          )}
        </p>
      )}
    </form>
  );
}
