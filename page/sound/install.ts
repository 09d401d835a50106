/**
 * The sound of a page, made once: the parts get it by `store.sound`, this folder by `soundOf`.
 */
import type { Store } from "../state.ts";
import { Sound } from "./sound.ts";

const sounds = new WeakMap<Store, Sound>();

export function soundOf(store: Store): Sound {
  const known = sounds.get(store);
  if (known !== undefined) return known;
  const sound = new Sound(store);
  sounds.set(store, sound);
  return sound;
}

/** Give the other parts sound, and load the instruments once the page is drawn. */
export function installSound(store: Store): void {
  const sound = soundOf(store);
  store.sound = sound;
  document.addEventListener("visibilitychange", () => sound.visibilityChanged());
  const load = () => void sound.audio.load();
  // Two frames on, the page was painted.
  requestAnimationFrame(() => requestAnimationFrame(() => whenIdle(load)));
}

/** Safari has no requestIdleCallback. */
function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}
