/**
 * Requests and answers at the border to the addon.
 */
import { expect, test } from "vitest";
import { z } from "zod";
import { callCancellable, requestText } from "../../../bridge/engine/native-call.ts";

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

test.each(["an answer", "an error"])(
  "%s comes after the last report, also where it is known before",
  async (end) => {
    const told: string[] = [];
    const call = (_: string, __: object, onProgress: (progress: string) => void) =>
      new Promise<string>((resolve, reject) => {
        // Both in one turn, the end first.
        setImmediate(() => (end === "an error" ? reject(new Error("bad")) : resolve('"done"')));
        setImmediate(() => onProgress('"the last report"'));
      });
    class CancelHandle {
      cancel() {}
    }
    const schemas = { answer: z.string(), progress: z.string() };
    const onProgress = (text: string) => void told.push(text);
    await callCancellable({ CancelHandle }, call, {}, schemas, { onProgress }).then(
      (answer) => told.push(answer),
      () => told.push("failed"),
    );
    expect(told).toEqual(["the last report", end === "an error" ? "failed" : "done"]);
  },
);
