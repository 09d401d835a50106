/**
 * Runs commands: by their keys, wherever the page has the focus but in a field, and by their ids.
 */
import type { Command } from "./command.ts";
import { isPress } from "./keys.ts";

export const isMac = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");

/** A button that was pressed by the pointer keeps the focus, but Space is meant for the song then. */
let isByKeyboard = true;

/** The focus was moved by keys: Space is meant for what has it. */
export function usesKeyboard(): void {
  isByKeyboard = true;
}

/** @returns what ends it */
export function handleKeys(commands: () => readonly Command[]): () => void {
  const pointed = () => {
    isByKeyboard = false;
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Tab") isByKeyboard = true;
    if (event.defaultPrevented || event.isComposing || isTaken(event)) return;
    const command = commands().find(
      ({ keys, isEnabled }) =>
        keys.some((name) => isPress(event, name, isMac)) && (isEnabled === undefined || isEnabled()),
    );
    if (command === undefined) return;
    event.preventDefault();
    // Else the button hears the key as well when it is let go.
    if (event.key === " " && isButton(event.target)) (event.target as HTMLElement).blur();
    command.run();
  };
  const named = (event: Event) => {
    const id: unknown = (event as CustomEvent).detail;
    const command = commands().find((one) => one.id === id);
    if (command !== undefined && (command.isEnabled === undefined || command.isEnabled())) command.run();
  };
  addEventListener("pointerdown", pointed, true);
  addEventListener("keydown", pressed);
  addEventListener("continuo-command", named);
  return () => {
    removeEventListener("pointerdown", pointed, true);
    removeEventListener("keydown", pressed);
    removeEventListener("continuo-command", named);
  };
}

const TYPED = "input, textarea, select, [contenteditable]";
const POINTED = 'input:is([type="range"], [type="checkbox"], [type="radio"], [type="file"])';
/** What the arrows and Space do in a slider or a box is its own. */
const OWN = new Set([
  " ",
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
]);

/** Whether what has the focus takes the key itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (document.querySelector("dialog[open]") !== null) return true;
  if (target.matches(POINTED)) return OWN.has(key);
  if (target.matches(TYPED)) return true;
  return isByKeyboard && isButton(target) && (key === " " || key === "Enter");
}

function isButton(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.matches('button, a[href], summary, [role="button"], [role="tab"]')
  );
}
