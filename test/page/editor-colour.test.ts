/**
 * Colours as CSS and as pixels.
 */
import { expect, test } from "vitest";
import { brightness, css, faded, mix, parseColour, pixel } from "../../page/editor/colour.ts";

test("what a browser answers is understood, in each of its ways", () => {
  expect(parseColour("rgb(1, 20, 255)")).toEqual({ red: 1, green: 20, blue: 255, alpha: 1 });
  expect(parseColour("rgba(1, 20, 255, 0.5)")).toEqual({ red: 1, green: 20, blue: 255, alpha: 0.5 });
  expect(parseColour("color(srgb 1 0.2 0 / 0.25)")).toEqual({ red: 255, green: 51, blue: 0, alpha: 0.25 });
});

test("a pixel has red in its lowest byte and is whole, not a negative number", () => {
  const bytes = new Uint8Array(new Uint32Array([pixel({ red: 1, green: 2, blue: 3, alpha: 1 })]).buffer);
  expect([...bytes]).toEqual([1, 2, 3, 255]);
  expect(pixel({ red: 0, green: 0, blue: 0, alpha: 1 })).toBe(0xff000000);
});

test("mixed by shares, written for the canvas", () => {
  const [white, black] = [parseColour("rgb(255, 255, 255)"), parseColour("rgb(0, 0, 0)")];
  expect(css(mix(white, black, 0.2))).toBe("rgb(51 51 51 / 1)");
  expect(css(faded(black, 0.3))).toBe("rgb(0 0 0 / 0.3)");
  expect([brightness(white), brightness(black)]).toEqual([1, 0]);
});
