/**
 * The three steps to a first fill, until somebody has done them.
 */
import { useEffect } from "preact/hooks";
import type { Store } from "../state.ts";
import { Icon } from "./icons.tsx";
import { hasFilled } from "./ui.ts";

const STEPS = ["Drag over bars on the ruler", "Press Fill", "Listen, keep what you like"] as const;

export function Steps({ store }: { store: Store }) {
  const at = store.ghosts.value !== undefined ? 2 : store.region.value !== undefined ? 1 : 0;
  const isFill = store.history.steps.value.at(-1)?.label.startsWith("Fill") ?? false;
  useEffect(() => {
    if (isFill) hasFilled.value = true;
  }, [isFill]);
  if (hasFilled.value) return null;
  return (
    <div class="steps">
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
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label="Hide the steps"
        title="Hide the steps"
        onClick={() => {
          hasFilled.value = true;
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
