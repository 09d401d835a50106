/**
 * Messages in a corner, shown for as long as it takes to read them, and longer under the pointer.
 */
import { useEffect, useState } from "preact/hooks";
import type { Message, Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";

/** More would cover the song. */
const MOST = 3;
const SHOWN_MS = { info: 5_000, error: 9_000 } as const;
/** As slow readers read. */
const MS_A_CHARACTER = 60;

export function Toasts({ store }: { store: Store }) {
  const shown = store.messages.value.slice(-MOST);
  return (
    <div class="toasts">
      {shown.map((message) => (
        <Toast key={keyOf(message)} message={message} onGone={() => store.dismiss(message)} />
      ))}
    </div>
  );
}

export function shownMs({ kind, text }: Pick<Message, "kind" | "text">): number {
  return SHOWN_MS[kind] + MS_A_CHARACTER * text.length;
}

function Toast({ message, onGone }: { message: Message; onGone: () => void }) {
  const isError = message.kind === "error";
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(onGone, shownMs(message));
    return () => clearTimeout(timer);
  }, [message, isHeld]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it stays while somebody points at it or is in it
    <div
      class={`toast toast-${message.kind}`}
      role={isError ? "alert" : "status"}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <Icon name={isError ? "warning" : "info"} />
      <p class="grow">{message.text}</p>
      <button type="button" class="icon-button icon-button-small" aria-label="Dismiss" onClick={onGone}>
        <Icon name="close" size={15} />
      </button>
    </div>
  );
}

const keys = new WeakMap<Message, number>();
let lastKey = 0;

function keyOf(message: Message): number {
  const key = keys.get(message) ?? ++lastKey;
  keys.set(message, key);
  return key;
}
