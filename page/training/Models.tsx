/**
 * The models that a fill can choose, with their metadata.
 */
import type { ModelCard } from "../../bridge/client/generated/protocol.ts";
import type { TrainingPageState } from "./training-state.ts";

export function Models({ state }: { state: TrainingPageState }) {
  return (
    <section class="training-models" aria-labelledby="training-models">
      <h2 id="training-models" class="training-title">
        Installed models
      </h2>
      <ul class="stack">
        {state.models.value.map((model) => (
          <li key={model.id}>
            <Model model={model} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Model({ model }: { model: ModelCard }) {
  const { id, isDefault, licence, source, bytes, family, card, training } = model;
  return (
    <div class="card training-model">
      <p class="row">
        <strong>{id}</strong>
        {isDefault && <span class="chip chip-accent">default</span>}
        {family !== null && <span class="chip">{family}</span>}
        <span class="grow" />
        <span class="quiet figures">{(bytes / 1e6).toFixed(1)} MB</span>
      </p>
      <p class="quiet">
        {source}; licence {licence}
      </p>
      {training !== null && (
        <details>
          <summary>How it was trained</summary>
          <dl class="training-record">
            {Object.entries(training).map(([name, value]) => (
              <div key={name}>
                <dt>{wordsOf(name)}</dt>
                <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {card !== null && (
        <details>
          <summary>Its card</summary>
          <pre class="training-card">{card}</pre>
        </details>
      )}
    </div>
  );
}

/** "heldOutLoss" as "held out loss". */
function wordsOf(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
