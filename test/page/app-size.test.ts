/**
 * The size of the page before any sounds are loaded.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const FOLDER = join(import.meta.dirname, "../../dist/page");
const MOST_BYTES = 400_000;

test("all scripts and styles of the page have at most 400 kB when they are packed", () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  expect(files).toContain("page.js");
  expect(files).toContain("synthesizer.js");
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(FOLDER, name))).length, 0);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
