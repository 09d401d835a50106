/**
 * The visible parts of the frame, independent of the open song.
 */
import { effect, type Signal, signal } from "@preact/signals";

type WindowName = "roll" | "training";
export type Theme = "system" | "light" | "dark";

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const THEME_KEY = "continuo.theme";
const CHORDS_KEY = "continuo.chords";
const FILLED_KEY = "continuo.has-filled";

export const shownWindow: Signal<WindowName> = signal("roll");
export const isSheetOpen = signal(false);
/** In narrow windows: whether the tracks and the fill are drawn over the editor. */
export const areTracksOpen = signal(false);
export const isFillOpen = signal(true);
/** Whether the chords are shown over the bars. */
export const areChordsShown = signal(stored(CHORDS_KEY) === "1");
export const theme: Signal<Theme> = signal(storedTheme());
/** Whether somebody here has ever filled; then the steps are not shown again. */
export const hasFilled = signal(stored(FILLED_KEY) === "1");

/** Keep what is chosen here for the next time, and colour the page as it says. */
export function keepChoices(): void {
  effect(() => {
    store(CHORDS_KEY, areChordsShown.value ? "1" : "");
  });
  effect(() => {
    store(FILLED_KEY, hasFilled.value ? "1" : "");
  });
  effect(() => {
    store(THEME_KEY, theme.value);
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
  });
}

/** Where the list lies over the editor; the focus is where it was opened. */
export function closeTracks(): void {
  areTracksOpen.value = false;
  document.querySelector<HTMLElement>(".tracks-toggle")?.focus();
}

/** System, light, dark, and again. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
}

function storedTheme(): Theme {
  return THEMES.find((one) => one === stored(THEME_KEY)) ?? "system";
}

/** A browser may refuse; then it is forgotten with the page. */
function stored(key: string): string | null {
  try {
    return globalThis.localStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(key, value);
  } catch {
    // As above.
  }
}
