/**
 * The page's icons, drawn with lines in the colour of the text around them and hidden from screen readers: the button
 * with the icon has a label.
 */
const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  stop: "M7 7h10v10H7z",
  toStart: "M6 6v12M18 6.5v11L9.5 12z",
  loop: "M17 3.5 20 6.5 17 9.5M20 6.5H8a4 4 0 0 0-4 4V12M7 20.5 4 17.5 7 14.5M4 17.5h12a4 4 0 0 0 4-4V12",
  metronome: "M9.5 4h5l3.5 16H6zM12 15 18.5 7M7.2 15h9.6",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  unlock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2",
  sound: "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  mute: "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5",
  solo: "M4 17v-4a8 8 0 0 1 16 0v4M4 14.5h3v5H5.5A1.5 1.5 0 0 1 4 18zM20 14.5h-3v5h1.5A1.5 1.5 0 0 0 20 18z",
  eye: "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  eyeOff:
    "M4 4l16 16M9.5 5.9C14.5 4.5 18.8 6.8 21.5 12a14 14 0 0 1-2.6 3.5M15.5 17.7C10.2 19.8 5.5 17.6 2.5 12a14 14 0 0 1 3.2-4.1",
  select: "M6 3.5 18.5 12l-6 1.2L9.5 19z",
  draw: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7 17 10.5",
  lasso:
    "M8 15.5C4.8 14.7 3 13 3 10.8 3 7.6 7 5 12 5s9 2.6 9 5.8-4 5.7-9 5.7c-.8 0-1.5 0-2.2-.1M8.5 14a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8.5 18c.2 1.5-.5 2.5-2 3",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 13h8.4L17 7M10.5 10.5v6M13.5 10.5v6",
  fill: "M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9zM19 16.5v4M17 18.5h4",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  compare: "M9 4.5v15M15 4.5v15M3.5 8h5.5M3.5 16h5.5M15 8h5.5M15 16h5.5",
  check: "M4.5 12.5l5 5L19.5 7",
  close: "M6 6l12 12M18 6L6 18",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14",
  upload: "M12 15.5v-11M7.5 8.5 12 4l4.5 4.5M5 19.5h14",
  folder: "M3.5 6.5h6l2 2.5h9v10h-17z",
  copy: "M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1",
  send: "M4 12h13.5M12 6l6 6-6 6M20.5 5v14",
  drag: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  undo: "M8.5 5 4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3.5",
  redo: "M15.5 5l4 4-4 4M19.5 9H10a5.5 5.5 0 0 0 0 11h3.5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  system: "M3.5 5h17v11h-17zM9 20h6M12 16v4",
  help: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 16.5h.01",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.5h.01",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  note: "M9.5 17.5V5l9-1.5V15.5M9.5 17.5a2.7 2.2 0 1 1-5.4 0 2.7 2.2 0 0 1 5.4 0zM18.5 15.5a2.7 2.2 0 1 1-5.4 0 2.7 2.2 0 0 1 5.4 0z",
  drums:
    "M4 9.5c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 9.5v7c0 1.7 3.6 3 8 3s8-1.3 8-3v-7M13 6l5-3.5",
  keys: "M3.5 5.5h17v13h-17zM9.2 5.5v7.5M14.8 5.5v7.5M9.2 13v5.5M14.8 13v5.5",
  sliders: "M5 5v6M5 15v4M12 5v2M12 11v8M19 5v8M19 17v2M3 11h4M10 11h4M17 13h4",
  training: "M4 19.5h16M5 15l4-5 4 3 6-8",
  left: "M14.5 6l-6 6 6 6",
  right: "M9.5 6l6 6-6 6",
  up: "M6 14.5l6-6 6 6",
  down: "M6 9.5l6 6 6-6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** Drawn full, where only an outline would look empty. */
const FULL: ReadonlySet<IconName> = new Set(["play", "stop", "toStart"]);
/** Of dots alone, which are as large as the line is wide. */
const DOTS: ReadonlySet<IconName> = new Set(["drag", "more"]);

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={`icon icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={FULL.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width={DOTS.has(name) ? 2.75 : 1.75}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
