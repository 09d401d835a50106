/**
 * What goes over the border to the addon.
 */
import { expect, test } from "vitest";
import { requestText } from "../../../bridge/engine/native-call.ts";

test("half a character becomes the sign for one that is not known, and nothing else changes", () => {
  const texts = ["\ud800", "a\udfffb", "🎶", "\\ud800", "\\\\ud800\ud800", "é\u0000", "\ud83c"];
  expect(JSON.parse(requestText(texts))).toEqual([
    "\ufffd",
    "a\ufffdb",
    "🎶",
    "\\ud800",
    "\\\\ud800\ufffd",
    "é\u0000",
    "\ufffd",
  ]);
  expect(requestText(texts)).not.toMatch(/[^\\](\\\\)*\\ud/);
  expect(JSON.parse(requestText({ "\udc00": { a: 1 } }))).toEqual({ "\ufffd": { a: 1 } });
});
