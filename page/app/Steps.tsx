/**
 * The three steps to a first fill, until somebody has done them.
 */
import { useEffect, useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { hasFilled } from "../ui/frame-state.ts";
import { Icon } from "../ui/icons.tsx";
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";

const STEPS = ["Drag over bars on the ruler", "Press Fill", "Listen, keep what you like"] as const;

export function Steps({ store }: { store: Store }) {
  const isFill = store.history.steps.value.at(-1)?.label.startsWith("Fill") ?? false;
  // The first time the line stays, with the next step: nothing moves under the pointer that has just accepted.
  const [isFirst, setFirst] = useState(false);
  useEffect(() => {
    if (!isFill || hasFilled.value) return;
    setFirst(true);
    hasFilled.value = true;
  }, [isFill]);
  if (hasFilled.value && !isFirst) return null;
  const hide = () => {
    setFirst(false);
    hasFilled.value = true;
  };
  return (
    <div class="steps">
      {isFirst ? <Next /> : <ThreeSteps store={store} />}
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label="Hide the steps"
        title="Hide the steps"
        onClick={hide}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

function ThreeSteps({ store }: { store: Store }) {
  const at = store.ghosts.value !== undefined ? 2 : store.region.value !== undefined ? 1 : 0;
  return (
    <ol>
      {STEPS.map((text, index) => (
        <li
          key={text}
          class={index < at ? "step step-done" : index === at ? "step step-now" : "step"}
          aria-current={index === at ? "step" : undefined}
        >
          <span class="step-number" aria-hidden="true">
            {index < at ? <Icon name="check" size={13} /> : index + 1}
          </span>
          {text}
        </li>
      ))}
    </ol>
  );
}

function Next() {
  const undo = shownKeys("Mod+Z", isMac).join("+");
  return (
    <p class="step step-done" role="status">
      <span class="step-number" aria-hidden="true">
        <Icon name="check" size={13} />
      </span>
      It is in the song. {undo} takes it back; Drag and Download take the song out.
    </p>
  );
}
