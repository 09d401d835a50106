/**
 * A page of another origin in a real browser tries everything that a page can.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { newAddress } from "../roll/browser-session.ts";
import { launchBrowser, newContext } from "../support/browser.ts";
import { openWebSocket, resultOf } from "../support/callers.ts";
import { startDaemon } from "../support/daemon.ts";
import { chromium, testWith } from "../support/needs.ts";

/** A name that was bent to this machine. */
const BENT = ["MAP evil.example 127.0.0.1"];

/** Runs in the page: each attempt gives what it learned, or that it learned nothing. */
const ATTEMPTS = async ({ url, token, file }: { url: string; token: string; file?: string }) => {
  const page = globalThis as unknown as {
    document: {
      createElement(name: string): {
        src: string;
        onload: () => void;
        onerror: () => void;
        action: string;
        method: string;
        target: string;
        enctype: string;
        name: string;
        value: string;
        append(child: object): void;
        submit(): void;
      };
      body: { append(child: object): void };
    };
  };
  const { document } = page;
  const body = '{"jsonrpc":"2.0","id":1,"method":"shutdown"}';
  const attempt = (options: object, path = "/v1/rpc") =>
    fetch(`${url}${path}`, options).then(
      async (response) => `${response.type} ${response.status} ${await response.text()}`,
      () => "nothing",
    );
  const element = (name: string, path: string) =>
    new Promise<string>((resolve) => {
      const made = document.createElement(name);
      made.onload = () => resolve("loaded");
      made.onerror = () => resolve("nothing");
      made.src = `${url}${path}`;
      document.body.append(made);
    });
  const socket = (query = "") =>
    new Promise<string>((resolve) => {
      const opened = new WebSocket(`${url.replace("http", "ws")}/v1/ws${query}`);
      opened.onopen = () => resolve("open");
      opened.onerror = () => resolve("nothing");
    });
  const withCookie: object = { credentials: "include" };
  const text = { "content-type": "text/plain" };
  const asThePage =
    file === undefined
      ? {}
      : {
          cookiePost: await attempt({ ...withCookie, method: "POST", body }),
          cookieForm: await attempt({ ...withCookie, method: "POST", body, mode: "no-cors", headers: text }),
          cookieFile: await attempt(withCookie, file),
          opaqueFile: await attempt({ ...withCookie, mode: "no-cors" }, file),
          cookieCall: await attempt(withCookie, "/v1/get?method=shutdown"),
          cookieFigures: await attempt(withCookie, "/metrics"),
          filePicture: await element("img", file),
          sounds: await attempt(withCookie, "/sounds/general.sf3"),
          page: await attempt(withCookie, "/"),
          pageScript: await element("script", "/page.js"),
        };
  const frame = document.createElement("iframe");
  frame.name = "hidden";
  document.body.append(frame);
  const form = document.createElement("form");
  form.action = `${url}/v1/rpc`;
  form.method = "POST";
  form.target = "hidden";
  form.enctype = "text/plain";
  const field = document.createElement("input");
  // The pair NAME=VALUE of a form makes JSON of its own.
  field.name = '{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{},"x":"';
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  form.submit();
  const get = `/v1/get?method=shutdown&token=${token}`;
  return {
    fetch: await attempt({ method: "POST", body }),
    simple: await attempt({
      method: "POST",
      body,
      mode: "no-cors",
      headers: { "content-type": "text/plain" },
    }),
    preflight: await attempt({ method: "POST", body, headers: { authorization: `Bearer ${token}` } }),
    get: await attempt({}, get),
    opaqueGet: await attempt({ mode: "no-cors" }, get),
    image: await element("img", get),
    script: await element("script", get),
    socket: await socket(),
    ...asThePage,
  };
};

/** A server of empty pages. @returns its port */
async function servePages(): Promise<number> {
  const pages = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>page</title><body></body>");
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void pages.close());
  return (pages.address() as AddressInfo).port;
}

testWith("Chromium", chromium !== undefined)(
  "a page of another origin gets nothing, even one that knows the token",
  async () => {
    const daemon = await startDaemon();
    const port = await servePages();
    const browser = await launchBrowser([], BENT);
    const token = daemon.token();
    // A page of another origin, one of the same site at another port, and one whose name was bent to the daemon.
    for (const origin of [`http://evil.example:${port}`, `http://127.0.0.1:${port}`]) {
      const page = await (await newContext(browser)).newPage();
      await page.goto(origin);
      for (const url of [
        daemon.url,
        `http://localhost:${daemon.port}`,
        `http://evil.example:${daemon.port}`,
      ]) {
        const learned = await page.evaluate(ATTEMPTS, { url, token });
        const { simple, opaqueGet, ...others } = learned;
        expect(new Set(Object.values(others))).toEqual(new Set(["nothing"]));
        // Browsers let these go out and hide what comes back.
        for (const hidden of [simple, opaqueGet]) expect(["opaque 0 ", "nothing"]).toContain(hidden);
      }
      await page.close();
    }
    // The daemon that was bent: its own origin, so the browser hides nothing; the daemon refuses.
    const rebound = await (await newContext(browser)).newPage();
    const answer = await rebound.goto(
      `http://evil.example:${daemon.port}/v1/get?method=status&token=${token}`,
    );
    expect(answer?.status()).toBe(403);
    expect(await rebound.content()).not.toContain("uptimeMs");
    // None of the attempts to end it was obeyed, and none counted as a message.
    expect(daemon.child.exitCode).toBeNull();
    const headers = { authorization: `Bearer ${token}` };
    const figures = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
    expect(figures).not.toContain('continuo_messages_total{transport="websocket"}');
    await daemon.stop();
    expect(daemon.log()).not.toContain('"msg":"fill"');
  },
);

testWith("Chromium", chromium !== undefined)(
  "a page of another origin gets nothing, even in a browser that has the piano roll's cookie",
  async () => {
    const daemon = await startDaemon();
    const caller = await openWebSocket(daemon);
    const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
    const { rollId } = resultOf(await caller.call("roll/open", { title: "Secret", song }));
    const file = `/rolls/${rollId}/song.mid`;
    const port = await servePages();
    const context = await newContext(await launchBrowser([], BENT));
    const own = await context.newPage();
    expect((await own.goto(await newAddress(daemon, rollId)))?.status()).toBe(200);
    // The page itself reads its song's file, so the cookie is there.
    const read = await own.evaluate((path) => fetch(path).then(({ status }) => status), file);
    expect(read).toBe(200);

    // The second is of the same site to browsers, which send the cookie along.
    for (const origin of [`http://evil.example:${port}`, `http://127.0.0.1:${port}`]) {
      const page = await context.newPage();
      await page.goto(origin);
      const learned = await page.evaluate(ATTEMPTS, { url: daemon.url, token: "none", file });
      const { simple, opaqueGet, cookieForm, opaqueFile, ...others } = learned;
      expect([origin, new Set(Object.values(others))]).toEqual([origin, new Set(["nothing"])]);
      for (const hidden of [simple, opaqueGet, cookieForm, opaqueFile])
        expect(["opaque 0 ", "nothing"]).toContain(hidden);

      // In a frame, and in a window of its own, there is nothing to be seen or moved.
      await page.evaluate((url) => {
        const { document } = globalThis as unknown as {
          document: { createElement(name: string): { src: string }; body: { append(child: object): void } };
        };
        const frame = document.createElement("iframe");
        frame.src = `${url}/`;
        document.body.append(frame);
      }, daemon.url);
      await expect
        .poll(() => page.frames().some((frame) => frame.url().startsWith("chrome-error:")))
        .toBe(true);
      expect(page.frames().map((frame) => frame.url())).not.toContain(`${daemon.url}/`);
      const popup = context.waitForEvent("page");
      const isCut = page.evaluate(async (url) => {
        const { open } = globalThis as unknown as { open(url: string): { closed: boolean } };
        const opened = open(`${url}/`);
        while (!opened.closed) await new Promise((resolve) => setTimeout(resolve, 50));
        return opened.closed;
      }, daemon.url);
      const shown = await popup;
      expect(await isCut).toBe(true);
      await shown.close();
      await page.close();
    }
    expect(daemon.child.exitCode).toBeNull();
    caller.close();
  },
);
