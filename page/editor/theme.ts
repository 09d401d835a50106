/**
 * The colours of the page as numbers for the canvas, read again when the page turns light or dark.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Colour, mix, parseColour } from "./colour.ts";

const TRACK_COLOURS = 10;

const NAMES = {
  back: "--back",
  panel: "--panel",
  sunken: "--sunken",
  line: "--line",
  edge: "--edge",
  text: "--text",
  quiet: "--quiet",
  accent: "--accent",
  onAccent: "--on-accent",
  ghost: "--ghost",
  focus: "--focus",
} as const;

export interface Theme extends Readonly<Record<keyof typeof NAMES, Colour>> {
  readonly isDark: boolean;
  readonly tracks: readonly Colour[];
  readonly font: string;
}

/** The style of a track's colour, for elements. */
export function trackColour(index: number): string {
  return `var(--track-${index % TRACK_COLOURS})`;
}

/** When any of these changes, so do the colours. */
const MEDIA = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"];

/** @param parent  an element inside the page, under which a probe is put */
export function watchTheme(parent: HTMLElement): { theme: ReadonlySignal<Theme>; stop: () => void } {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Colours that the reader has chosen come by the same names; else each would be that of all text.
  probe.style.setProperty("forced-color-adjust", "none");
  parent.append(probe);
  const theme = signal(readTheme(probe));
  const again = () => {
    theme.value = readTheme(probe);
  };
  const media = MEDIA.map((query) => matchMedia(query));
  for (const one of media) one.addEventListener("change", again);
  const observer = new MutationObserver(again);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "class", "style"] });
  const stop = () => {
    for (const one of media) one.removeEventListener("change", again);
    observer.disconnect();
    probe.remove();
  };
  return { theme, stop };
}

function readTheme(probe: HTMLElement): Theme {
  const read = (name: string): Colour => {
    probe.style.color = `var(${name})`;
    return parseColour(getComputedStyle(probe).color);
  };
  const named = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, read(name)]));
  const colours = named as Record<keyof typeof NAMES, Colour>;
  return {
    ...colours,
    isDark: colours.back.red < 128,
    tracks: Array.from({ length: TRACK_COLOURS }, (_, index) => read(`--track-${index}`)),
    font: getComputedStyle(probe).fontFamily,
  };
}

/** How notes of one track are painted. */
interface NoteColours {
  /** From soft to loud. */
  readonly fills: readonly Colour[];
  readonly edge: Colour;
}

const SHADES = 8;

/** Shades of a track: the active one strong, the others quiet, a muted one nearly gone. */
export function noteColours(theme: Theme, index: number, state: "active" | "other" | "muted"): NoteColours {
  const colour = theme.tracks[index % TRACK_COLOURS] ?? theme.text;
  if (state !== "active") {
    const share = state === "muted" ? 0.16 : 0.38;
    const fill = mix(state === "muted" ? theme.quiet : colour, theme.panel, share);
    return { fills: Array.from({ length: SHADES }, () => fill), edge: mix(fill, theme.panel, 0.6) };
  }
  const fills = Array.from({ length: SHADES }, (_, shade) =>
    mix(colour, theme.panel, 0.5 + (0.5 * (shade + 1)) / SHADES),
  );
  return { fills, edge: mix(colour, theme.isDark ? theme.panel : theme.text, 0.62) };
}

export function shadeOf(velocity: number): number {
  return velocity >> 4;
}
