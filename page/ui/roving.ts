/**
 * One stop of the Tab key for several controls that belong together: the arrows, Home and End go from one to the next.
 * Source: ARIA Authoring Practices Guide, "Developing a Keyboard Interface", managing focus within components.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { usesKeyboard } from "./key-handler.ts";

/** Sliders have a use for the arrows themselves. */
const CONTROLS = 'button, a[href], select, input:not([type="range"])';
const FORWARD = ["ArrowRight"];
const BACK = ["ArrowLeft"];

/** Controls inside an element, as far as they can be used. */
function controlsIn(group: HTMLElement): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (control) => !control.matches(":disabled") && control.closest("[hidden], .unseen") === null,
  );
}

/** Exactly one of the controls can be reached by Tab: the current one, else the first. */
function settleTabStops(controls: readonly HTMLElement[], current: HTMLElement | undefined): void {
  const stop = current !== undefined && controls.includes(current) ? current : controls[0];
  for (const control of controls) {
    const wanted = control === stop ? 0 : -1;
    if (control.tabIndex !== wanted || !control.hasAttribute("tabindex")) control.tabIndex = wanted;
  }
}

/** Where a key goes from a control. @returns undefined where it is another key */
function nextControl<Control>(controls: readonly Control[], from: Control, key: string): Control | undefined {
  const at = controls.indexOf(from);
  if (at < 0) return undefined;
  if (FORWARD.includes(key)) return controls[(at + 1) % controls.length];
  if (BACK.includes(key)) return controls[(at - 1 + controls.length) % controls.length];
  if (key === "Home") return controls[0];
  return key === "End" ? controls.at(-1) : undefined;
}

/** Make one Tab stop of the controls in an element. */
export function useRoving(ref: RefObject<HTMLElement>): void {
  useEffect(() => {
    const group = ref.current;
    if (group === null) return;
    return rove(group);
  }, [ref]);
  useLayoutEffect(() => {
    if (ref.current !== null) settleTabStops(controlsIn(ref.current), currentOf.get(ref.current));
  });
}

const currentOf = new WeakMap<HTMLElement, HTMLElement>();

/** @returns how to stop */
function rove(group: HTMLElement): () => void {
  const settle = () => settleTabStops(controlsIn(group), currentOf.get(group));
  const focused = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target.matches(CONTROLS)) currentOf.set(group, target);
    settle();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (!(event.target instanceof HTMLElement)) return;
    const next = nextControl(controlsIn(group), event.target, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    usesKeyboard();
    next.focus();
  };
  const observer = new MutationObserver(settle);
  observer.observe(group, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  group.addEventListener("focusin", focused);
  group.addEventListener("keydown", pressed);
  settle();
  return () => {
    observer.disconnect();
    group.removeEventListener("focusin", focused);
    group.removeEventListener("keydown", pressed);
  };
}
