/**
 * Chords that are written over bars.
 */
import { expect, test } from "vitest";
import { barsOfText, textOfBars, withBar, withRepeated, withText } from "../../page/document/chords.ts";

test("a bar's text is put in and left to the music again", () => {
  const one = withBar(new Map(), 4, "Am7");
  expect([...one]).toEqual([[4, "Am7"]]);
  expect([...withBar(one, 4, "C G")]).toEqual([[4, "C G"]]);
  for (const nothing of ["", "auto", "AUTO"]) expect(withBar(one, 4, nothing).size).toBe(0);
});

test("a text of several bars is laid from a bar on, or repeated over some", () => {
  expect(barsOfText("| Am |  C   G ||")).toEqual(["Am", "C G"]);
  expect([...withText(new Map([[2, "E"]]), 1, "Am | auto | F")]).toEqual([
    [1, "Am"],
    [3, "F"],
  ]);
  expect([...withRepeated(new Map(), [2, 4], "Am | F")]).toEqual([
    [2, "Am"],
    [3, "F"],
    [4, "Am"],
  ]);
});

test("a fill is told what was written over its bars, and which are left to the music", () => {
  const chords = new Map([
    [1, "Am"],
    [3, "C G"],
  ]);
  expect(textOfBars(chords, [1, 4])).toBe("Am | auto | C G | auto");
  expect(textOfBars(chords, [4, 9])).toBe(undefined);
});
