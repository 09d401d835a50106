/**
 * Tests that need programs which not every machine has: skipped where they are missing, unless the environment
 * requires them.
 */
import { existsSync } from "node:fs";
import { test } from "vitest";

const isRequired = process.env.CONTINUO_REQUIRE_HOSTS === "1";
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const isLinux = process.platform === "linux";
export const isRoot = process.getuid?.() === 0;
/** A browser of the system. */
export const chromium = BROWSERS.find(existsSync);

/** `test`, left out with its reason in its name where something is missing. */
export function testWith(what: string, isThere: boolean): typeof test | ReturnType<typeof test.skipIf> {
  if (!isThere && isRequired) {
    return ((name: string) =>
      test(name, () => {
        throw new Error(`this test needs ${what}, which is not here`);
      })) as typeof test;
  }
  return test.skipIf(!isThere);
}
