/**
 * Ableton: the settings dialog and messages: what they show, how input is handled, and their pages in a real browser.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as browsers, type Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask, askSettings, say } from "../../../plugin-host-script/ableton/dialogs.ts";
import { cleanSettings, SETTINGS } from "../../../plugin-host-script/ableton/settings.ts";
import { temporaryFolder } from "../../bridge/support/cli.ts";
import { chromium, isLinux, testWith } from "../../e2e/support/needs.ts";
import { daemonForAll, requests } from "./support/daemon.ts";
import { type Dialog, FakeLive } from "./support/live.ts";
import { resultFor, scriptedDaemon } from "./support/scripted-daemon.ts";
import { arrangement, LEAD } from "./support/sets.ts";
import { storageWith, storedIn } from "./support/settings.ts";

const daemon = daemonForAll();

function open(storage: string, answer: (dialog: Dialog) => unknown): FakeLive {
  return new FakeLive({ set: arrangement(), env: daemon.env, storage, answer });
}

const settings = (live: FakeLive) => live.press("MidiTrack", "Settings…", { id: BigInt(LEAD) });

describe("settings", () => {
  test("are remembered and sent, also by the next Live, and only the user can read their token", async () => {
    const storage = join(temporaryFolder(), "not made yet");
    const typed = { density: "3", scale: " E minor ", temperature: "0.9", candidates: "2", token: "" };
    const live = open(storage, () => typed);
    await settings(live);
    await live.select("Fill selected time", 16, 24, [LEAD]);
    expect((await requests(daemon))[0]).toMatchObject({
      controls: { density: 3, scale: "E minor" },
      sampling: { temperature: 0.9, candidates: 2 },
    });
    expect(storedIn(storage)).toMatchObject({ density: 3, scale: "E minor", candidates: 2 });
    if (isLinux) expect(statSync(join(storage, "settings.json")).mode & 0o777).toBe(0o600);
    const next = open(storage, () => null);
    await settings(next);
    expect(next.dialogs[0]?.html).toMatch(/name="density"[^>]* value="3"/);
  });

  test("that are cancelled stay as they were", async () => {
    const storage = storageWith({ density: 4 });
    const live = open(storage, () => null);
    await settings(live);
    expect(storedIn(storage)).toEqual({ density: 4 });
    await live.select("Fill selected time", 16, 24, [LEAD]);
    expect((await requests(daemon))[0]?.controls).toEqual({ density: 4 });
  });

  test("name the daemon's models, and one that it does not know any more", async () => {
    const live = open(storageWith({ model: "mine & yours" }), () => null);
    await settings(live);
    const options = [
      ...(live.dialogs[0]?.html ?? "").matchAll(/<option value="([^"]*)"( selected)?>([^<]*)/g),
    ];
    const labels = options.map(([, value, , label]) => [value, label]);
    expect(labels).toContainEqual(["", "tiny (default)"]);
    expect(labels).toContainEqual(["infill-s", "infill-s"]);
    expect(labels.at(-1)).toEqual(["mine &#38; yours", "mine &#38; yours"]);
    expect(options.at(-1)?.[2]).toBe(" selected");
  });

  test("are asked for without a daemon too, and none is started for that", async () => {
    const live = new FakeLive({
      set: arrangement(),
      env: { CONTINUO_HOME: temporaryFolder() },
      answer: () => null,
    });
    await settings(live);
    expect(live.dialogs).toHaveLength(1);
    expect(live.dialogs[0]?.html).toMatch(/<input type="text" id="model"/);
  });

  test("that can't be stored apply as long as Live runs, and a message says so", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const storage = join(file, "below");
    const live = open(storage, ({ title }) => (title === "Continuo" ? null : { density: "9" }));
    await settings(live);
    expect(live.dialogs[1]?.text).toMatch(/apply until Live ends/);
  });

  test("apply without a folder as long as Live runs", async () => {
    const live = new FakeLive({ set: arrangement(), env: daemon.env, answer: () => ({ density: "9" }) });
    await settings(live);
    await live.select("Fill selected time", 16, 24, [LEAD]);
    expect((await requests(daemon))[0]?.controls).toEqual({ density: 9 });
  });

  test("numbers out of range are clamped; invalid ones become the default", () => {
    const cleaned = cleanSettings({
      density: "99",
      polyphony: -3,
      temperature: "x",
      amount: "",
      lowest: 90,
      highest: 10,
    });
    expect(cleaned).toMatchObject({
      density: 10,
      polyphony: 0,
      temperature: 0.5,
      amount: 0.5,
      lowest: 10,
      highest: 90,
    });
    expect(cleanSettings(undefined)).toEqual(
      Object.fromEntries(SETTINGS.map((each) => [each.key, each.default])),
    );
  });
});

test("on Windows a dialog's page lies in a file of the user's, as long as it is open", async () => {
  const temporary = join(temporaryFolder(), "Müller & Söhne #1");
  mkdirSync(temporary);
  const storage = storageWith({ token: "t0ken" });
  const seen: { mode: number; files: string[] }[] = [];
  const live = new FakeLive({
    ...{ set: arrangement(), env: daemon.env, storage, temporary, platform: "win32" },
    answer: ({ address }) => {
      const path = fileURLToPath(address);
      seen.push({ mode: statSync(dirname(path)).mode & 0o777, files: readdirSync(temporary) });
      return { density: "9", token: "t0ken" };
    },
  });
  await settings(live);
  expect(live.errors).toEqual([]);
  expect(live.dialogs[0]?.title).toBe("Continuo: settings");
  expect(live.dialogs[0]?.html).toContain('value="t0ken"');
  expect(storedIn(storage)).toMatchObject({ density: 9 });
  expect(seen.map(({ files }) => files.length)).toEqual([1]);
  if (isLinux) expect(seen[0]?.mode).toBe(0o700);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a fill's hints stand in the log, and in no window", async () => {
  const warnings = [{ code: "RERANKED", message: "candidates like those that you kept come first" }];
  const { env } = await scriptedDaemon({
    answer: (_, { request }) => request && { ...resultFor(request, [[{ pitch: 61 }]]), warnings },
  });
  const live = new FakeLive({ set: arrangement(), env });
  await live.select("Fill selected time", 16, 24, [LEAD]);
  expect([live.dialogs, live.errors, live.set.undoSteps]).toEqual([[], [], 1]);
  expect(live.hints).toEqual(["Continuo: candidates like those that you kept come first"]);
});

/** The pages of Live's dialogs in a browser, whose bridge is WebKit's or WebView2's. */
async function inBrowser(bridge: "webkit" | "chrome", scheme: "light" | "dark" = "light") {
  const browser = await browsers.launch({
    ...(chromium ? { executablePath: chromium } : {}),
    args: ["--no-sandbox"],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ colorScheme: scheme });
  let act: (page: Page) => Promise<unknown> = async () => {};
  const showModalDialog = async (url: string, width: number, height: number): Promise<string> => {
    await page.setViewportSize({ width, height });
    await page.goto(url);
    const object = bridge === "webkit" ? "webkit = { messageHandlers: { live: " : "chrome = { webview: ";
    await page.evaluate(
      `window.sent = new Promise((done) => { window.${object}{ postMessage: done } }${bridge === "webkit" ? " }" : ""}; }); void 0;`,
    );
    await act(page);
    const message = (await page.evaluate("window.sent")) as { method: string; params: string[] };
    expect(message).toEqual({ method: "close_and_send", params: [expect.any(String)] });
    return message.params[0] ?? "";
  };
  const doing = (work: typeof act) => {
    act = work;
    const environment = { tempDirectory: undefined };
    return { ui: { showModalDialog }, environment } as unknown as Parameters<typeof say>[0];
  };
  return { doing };
}

const inPage = testWith("a browser", chromium !== undefined);

describe("pages", () => {
  inPage.each?.(["webkit", "chrome"] as const)(
    "keys alone: Enter agrees, Escape does not (%s)",
    async (bridge) => {
      const { doing } = await inBrowser(bridge);
      const press = (key: string) => doing((page) => page.keyboard.press(key));
      expect(await ask(press("Enter"), "Sure?", "Yes")).toBe(true);
      expect(await ask(press("Escape"), "Sure?", "Yes")).toBe(false);
      await say(press("Escape"), "Said.");
    },
  );

  inPage("settings by keys, labelled, from the first field to Save", async () => {
    const { doing } = await inBrowser("chrome", "dark");
    const before = cleanSettings({ lowest: 30 });
    const ui = doing(async (page) => {
      expect(await page.evaluate("document.activeElement.id")).toBe("density");
      await page.keyboard.type("7");
      await page.getByLabel("Scale").fill("A minor");
      await page.getByLabel("Rhythm").selectOption("keep");
      expect(await page.locator("input:not([id]), select:not([id])").count()).toBe(0);
      for (const id of SETTINGS.map(({ key }) => key))
        expect(await page.locator(`label[for="${id}"]`).count()).toBe(1);
      await page.getByLabel("Candidates").press("Enter");
    });
    expect(await askSettings(ui, before, ["infill-s"])).toEqual({
      ...before,
      density: 7,
      scale: "A minor",
      rhythm: "keep",
    });
  });

  inPage("a value out of range is not sent", async () => {
    const { doing } = await inBrowser("webkit");
    const ui = doing(async (page) => {
      await page.getByLabel("Candidates").fill("99");
      await page.keyboard.press("Enter");
      expect(await page.evaluate('document.querySelector("#candidates").validity.rangeOverflow')).toBe(true);
      await page.keyboard.press("Escape");
    });
    expect(await askSettings(ui, cleanSettings({}), [])).toBeUndefined();
  });

  inPage("names are text, never markup, and the page fits its window", async () => {
    const { doing } = await inBrowser("webkit");
    const evil = `"><img src=x onerror="document.title='bad'">&amp; 低音 # % `;
    const ui = doing(async (page) => {
      expect(await page.locator("p").textContent()).toBe(evil);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.title()).toBe("Continuo");
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.keyboard.press("Enter");
    });
    await say(ui, evil);
  });

  inPage("light and dark, with contrast enough to read", async () => {
    const colours: string[][] = [];
    for (const scheme of ["light", "dark"] as const) {
      const { doing } = await inBrowser("webkit", scheme);
      const ui = doing(async (page) => {
        const pair = await page.evaluate(
          "[getComputedStyle(document.documentElement), getComputedStyle(document.querySelector('.main'))].flatMap((s) => [s.color, s.backgroundColor])",
        );
        colours.push(pair as string[]);
        await page.keyboard.press("Enter");
      });
      await say(ui, "Said.");
    }
    expect(colours[0]).not.toEqual(colours[1]);
    for (const [text, back, onMain, main] of colours) {
      expect(contrast(text, back)).toBeGreaterThan(4.5);
      expect(contrast(onMain, main)).toBeGreaterThan(4.5);
    }
  });
});

/** WCAG 2's contrast ratio of two colours as `rgb(r, g, b)`. */
function contrast(one = "", other = ""): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [...colour.matchAll(/\d+/g)]
    .map(([value]) => Number(value) / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
