/**
 * The keys of commands, compared with the events of browsers.
 */
import { expect, test } from "vitest";
import { isPress, type KeyPress, shownKeys } from "../../page/ui/keys.ts";

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  return { key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more };
}

test("Mod is Ctrl, and on a Mac Command, and never both", () => {
  const [control, command] = [press("z", { ctrlKey: true }), press("z", { metaKey: true })];
  expect([isPress(control, "Mod+Z", false), isPress(command, "Mod+Z", false)]).toEqual([true, false]);
  expect([isPress(control, "Mod+Z", true), isPress(command, "Mod+Z", true)]).toEqual([false, true]);
  expect(isPress(press("z", { ctrlKey: true, metaKey: true }), "Mod+Z", false)).toBe(false);
});

test("a letter with Shift is another key than without", () => {
  expect(isPress(press("F", { shiftKey: true }), "Shift+F", false)).toBe(true);
  expect(isPress(press("f"), "Shift+F", false)).toBe(false);
  expect(isPress(press("F", { shiftKey: true }), "F", false)).toBe(false);
  expect(isPress(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Z", false)).toBe(false);
  expect(isPress(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Shift+Z", false)).toBe(true);
});

test("a sign is meant however it is typed", () => {
  expect(isPress(press("?", { shiftKey: true, code: "Slash" }), "?", false)).toBe(true);
  expect(isPress(press("?", { code: "Minus" }), "?", false)).toBe(true);
  expect(isPress(press("+", { ctrlKey: true }), "Mod++", false)).toBe(true);
  expect(isPress(press("?", { ctrlKey: true }), "?", false)).toBe(false);
});

test("keys with names, and Space", () => {
  expect(isPress(press(" ", { code: "Space" }), "Space", false)).toBe(true);
  expect(isPress(press("ArrowLeft", { altKey: true }), "Alt+ArrowLeft", false)).toBe(true);
  expect(isPress(press("ArrowLeft"), "Alt+ArrowLeft", false)).toBe(false);
  expect(isPress(press("F1"), "F1", false)).toBe(true);
});

test("on a keyboard of another script the place of the key counts, and a digit with Shift is that digit", () => {
  expect(isPress(press("я", { code: "KeyZ", ctrlKey: true }), "Mod+Z", false)).toBe(true);
  expect(isPress(press("!", { code: "Digit1", shiftKey: true }), "Shift+1", false)).toBe(true);
  // On a German keyboard Z is where Y is elsewhere: what is written on it counts.
  expect(isPress(press("z", { code: "KeyY", ctrlKey: true }), "Mod+Y", false)).toBe(false);
  expect(isPress(press("z", { code: "KeyY", ctrlKey: true }), "Mod+Z", false)).toBe(true);
});

test("keys are shown as they stand on the machine", () => {
  expect(shownKeys("Mod+Shift+Z", false)).toEqual(["Ctrl", "Shift", "Z"]);
  expect(shownKeys("Mod+Shift+Z", true)).toEqual(["⌘", "⇧", "Z"]);
  expect(shownKeys("Mod++", false)).toEqual(["Ctrl", "+"]);
  expect(shownKeys("ArrowLeft", false)).toEqual(["←"]);
});
