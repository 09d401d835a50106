/**
 * The system's Chromium, headless, without any requests of its own.
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium as driver,
} from "playwright-core";
import { onTestFinished } from "vitest";
import { chromium, isRoot } from "./needs.ts";
import { PATIENT_MS } from "./wait.ts";

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

/** A user of a browser, whose pages may be as slow as everything else. */
export async function newContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENT_MS);
  return context;
}
