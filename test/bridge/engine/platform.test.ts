/**
 * Which prebuilt module fits which Linux.
 */
import { expect, test } from "vitest";
import { hasGlibc } from "../../../bridge/engine/addon.ts";

const line = (path: string) => `7f1c2e000000-7f1c2e028000 r--p 00000000 08:01 1234     ${path}\n`;

test.each([
  ["glibc 2.36", "/usr/lib/x86_64-linux-gnu/libc.so.6", true],
  ["glibc 2.31", "/lib/x86_64-linux-gnu/libc-2.31.so", true],
  ["musl of Alpine", "/lib/ld-musl-x86_64.so.1", false],
  ["musl of Void", "/usr/lib/libc.so", false],
  ["a library that is named like it", "/usr/lib/libc++.so.6", false],
])("%s", (_, path, isGlibc) => {
  expect(hasGlibc(line("/usr/bin/node") + line(path) + line("[stack]"))).toBe(isGlibc);
});
