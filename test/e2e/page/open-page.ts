/**
 * Opens the piano roll in the system's Chromium, as `continuo open` does, with a real daemon.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { newAddress } from "../roll/browser-session.ts";
import { launchBrowser, newContext } from "../support/browser.ts";
import { type DaemonOptions, startDaemon, type TestDaemon } from "../support/daemon.ts";

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  daemon: TestDaemon;
  /** What the page's console said that is an error, and what it asked for that is not the daemon's. */
  complaints: string[];
}

/** Call a method as a program that knows the token. */
export async function callDaemon<Result>(
  daemon: TestDaemon,
  method: string,
  params: object,
): Promise<Result> {
  const response = await fetch(`${daemon.url}/v1/rpc`, {
    method: "POST",
    headers: { authorization: `Bearer ${daemon.token()}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer: { result?: Result; error?: { message: string } } = await response.json();
  if (answer.result === undefined) throw new Error(`${method}: ${answer.error?.message}`);
  return answer.result;
}

/** Open the page on the start screen, or on a roll. */
export async function openPage(
  options: {
    daemon?: TestDaemon;
    start?: DaemonOptions;
    rollId?: string;
    browser?: Browser;
    context?: BrowserContextOptions;
  } = {},
): Promise<OpenPage> {
  const daemon = options.daemon ?? (await startDaemon(options.start));
  const browser = options.browser ?? (await launchBrowser());
  const context = await newContext(browser, {
    viewport: { width: 1280, height: 720 },
    acceptDownloads: true,
    ...options.context,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isOurs = url.origin === daemon.url || url.protocol === "blob:" || url.protocol === "data:";
    if (!isOurs) complaints.push(`request: ${request.url()}`);
  });
  const response = await page.goto(await newAddress(daemon, options.rollId));
  expect(response?.status()).toBe(200);
  return { page, context, daemon, complaints };
}
