/**
 * Exit codes match docs/errors.md: 2 for the codes in its first table, 130 for Ctrl-C, otherwise 1.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BridgeError } from "../../../bridge/bridge-error.ts";
import { exitCodeOf } from "../../../bridge/cli/errors.ts";

/** Codes of each section's table, by its heading. */
function sections(): [string, string[]][] {
  const parts = readFileSync("docs/errors.md", "utf8").split(/^## /m).slice(1);
  return parts.map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    const cells = lines.filter((line) => line.startsWith("|")).map((line) => line.split("|")[1] ?? "");
    return [heading, [...cells.join(" ").matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, code]) => code ?? "")];
  });
}

const exitCode = (code: string) => exitCodeOf(new BridgeError(code, "no matter what"));

test("a code has the exit code of its section", () => {
  const all = sections().filter(([heading]) => !heading.startsWith("Warnings"));
  expect(all.length).toBeGreaterThan(5);
  const wrong = all.flatMap(([heading, codes]) => {
    const expected = heading.includes("(exit 2)") ? 2 : 1;
    return codes.filter((code) => code !== "CANCELLED" && exitCode(code) !== expected);
  });
  expect(wrong).toEqual([]);
  expect(exitCode("CANCELLED")).toBe(130);
});
