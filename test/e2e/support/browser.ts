/**
 * The system's Chromium without a window, from which nothing leaves but what a test asks for.
 */
import { type Browser, chromium as driver } from "playwright-core";
import { onTestFinished } from "vitest";
import { chromium, isRoot } from "./needs.ts";

const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-first-run",
  "--no-pings",
  "--metrics-recording-only",
  "--force-color-profile=srgb",
];

/** @param names  rules for names that lead to this machine; all others lead nowhere */
export async function launchBrowser(
  args: readonly string[] = [],
  names: readonly string[] = [],
): Promise<Browser> {
  const rules = [...names, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE localhost"];
  const browser = await driver.launch({
    executablePath: chromium ?? "",
    headless: true,
    args: [
      ...QUIET,
      `--host-resolver-rules=${rules.join(", ")}`,
      ...args,
      ...(isRoot ? ["--no-sandbox"] : []),
    ],
  });
  onTestFinished(() => browser.close());
  return browser;
}
