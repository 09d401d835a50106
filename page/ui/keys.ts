/**
 * Keys as commands name them, and as the browser reports them.
 */

/** What is read of a KeyboardEvent. */
export interface KeyPress {
  readonly key: string;
  /** The place on the keyboard, such as "KeyZ". */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

interface Chord {
  readonly key: string;
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** Whether a press is what a command names, such as "Mod+Shift+Z", "Space", "?", "Mod++". */
export function isPress(press: KeyPress, name: string, isMac: boolean): boolean {
  const chord = chordOf(name);
  const [mod, other] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (mod !== chord.mod || other || press.altKey !== chord.alt) return false;
  // A sign that needs Shift on one keyboard may not need it on another; a command names the sign.
  const isSign = chord.key.length === 1 && !/[a-z0-9]/.test(chord.key) && !chord.shift;
  if (!isSign && press.shiftKey !== chord.shift) return false;
  return namesOf(press).includes(chord.key);
}

/** As printed on the keys of this machine. */
export function shownKeys(name: string, isMac: boolean): string[] {
  return partsOf(name).map((part) => {
    if (part === "Mod") return isMac ? "⌘" : "Ctrl";
    if (part === "Alt") return isMac ? "⌥" : "Alt";
    if (part === "Shift") return isMac ? "⇧" : "Shift";
    return SHOWN[part] ?? part;
  });
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
  Enter: "↵",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
};

function chordOf(name: string): Chord {
  const parts = partsOf(name);
  const key = parts.at(-1) ?? "";
  return {
    key: key === "Space" ? " " : key.toLowerCase(),
    mod: parts.slice(0, -1).includes("Mod"),
    alt: parts.slice(0, -1).includes("Alt"),
    shift: parts.slice(0, -1).includes("Shift"),
  };
}

/** "Mod++" is Mod and the plus sign. */
function partsOf(name: string): string[] {
  const parts = name.split("+");
  return name.endsWith("+") ? [...parts.slice(0, -2), "+"] : parts;
}

/** What a press may be called: by its sign, and by its place where that is a letter or a digit. */
function namesOf({ key, code, shiftKey }: KeyPress): string[] {
  const sign = key.toLowerCase();
  const keyName = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code)?.[1]?.toLowerCase();
  // On keyboards of other scripts, Z is where Z is; and Shift and 1 are "!" on most.
  const isElsewhere = keyName !== undefined && (!/^[a-z0-9]$/.test(sign) || (/\d/.test(keyName) && shiftKey));
  return isElsewhere && sign.length === 1 ? [sign, keyName] : [sign];
}
