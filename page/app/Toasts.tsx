/**
 * What there is to tell, in a corner: errors until they are dismissed, everything else for a while.
 */
import { useEffect } from "preact/hooks";
import type { Message, Store } from "../state.ts";
import { Icon } from "./icons.tsx";

const SHOWN_MS = 6_000;
/** More would cover the song. */
const MOST = 4;

export function Toasts({ store }: { store: Store }) {
  const shown = store.messages.value.slice(-MOST);
  return (
    <div class="toasts">
      {shown.map((message) => (
        <Toast key={keyOf(message)} message={message} onDismiss={() => dismiss(store, message)} />
      ))}
    </div>
  );
}

function Toast({ message, onDismiss }: { message: Message; onDismiss: () => void }) {
  const isError = message.kind === "error";
  useEffect(() => {
    if (isError) return;
    const timer = setTimeout(onDismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div class={`toast toast-${message.kind}`} role={isError ? "alert" : "status"}>
      <Icon name={isError ? "warning" : "info"} />
      <p class="grow">{message.text}</p>
      <button type="button" class="icon-button icon-button-small" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" size={15} />
      </button>
    </div>
  );
}

function dismiss(store: Store, gone: Message): void {
  store.messages.value = store.messages.value.filter((message) => message !== gone);
}

const keys = new WeakMap<Message, number>();
let lastKey = 0;

function keyOf(message: Message): number {
  const key = keys.get(message) ?? ++lastKey;
  keys.set(message, key);
  return key;
}
