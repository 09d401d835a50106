/**
 * docs/errors.md lists exactly the codes that the program can print.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Quoted words of this shape that are not codes of ours. */
const OTHERS = new Set([
  "CARGO_PKG_VERSION",
  "ELECTRON_RUN_AS_NODE",
  "XDG_CONFIG_HOME",
  "MODULE_NOT_FOUND",
  "CONTINUO_HOME",
  "ORT_DYLIB_PATH",
  "ORT_DISABLE_TELEMETRY",
  "ORT_RUNNING_UNIT_TESTS",
  "FST_ERR_",
  "FST_ERR_CTP_BODY_TOO_LARGE",
]);

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && entry.name !== "tests.rs")
    .map((entry) => join(entry.parentPath, entry.name));
}

function codesIn(files: readonly string[], pattern: RegExp): Set<string> {
  const texts = files.map((file) => readFileSync(file, "utf8").split("#[cfg(test)]")[0] ?? "");
  const codes = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, code]) => code ?? ""));
  return new Set(codes.filter((code) => !OTHERS.has(code)));
}

test("every code is documented, and every documented code exists", () => {
  const crates = readdirSync("native", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["target", "fuzz", "bench"].includes(entry.name))
    .map((entry) => join("native", entry.name, "src"));
  const sources = [...filesUnder("bridge", ".ts"), ...crates.flatMap((crate) => filesUnder(crate, ".rs"))];
  const used = codesIn(sources, /"((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|CANCELLED|BUSY|REORDERED))"/g);
  const documented = codesIn(
    ["docs/errors.md"],
    /`((?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|CANCELLED|BUSY|REORDERED))`/g,
  );
  expect([...used].filter((code) => !documented.has(code)).sort()).toEqual([]);
  expect([...documented].filter((code) => !used.has(code) && !OTHERS.has(code)).sort()).toEqual([]);
});
