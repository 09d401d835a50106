/**
 * Who may open the page, and what its cookie gives access to.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { runCli } from "../../bridge/support/cli.ts";
import { openWebSocket } from "../support/callers.ts";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { httpText, rawHttp, upgradeText } from "../support/raw.ts";
import { settled } from "../support/wait.ts";
import { enterPage, greet, newAddress } from "./browser-session.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${daemon.url}${path}`, { headers, redirect: "manual" });

test("an address opens once and leads to the page with the song; then a page says what to do", async () => {
  const { rollId } = await openSong();
  const address = await newAddress(daemon, rollId);
  const entered = await fetch(address, { redirect: "manual" });
  expect([entered.status, entered.headers.get("location")]).toEqual([303, `/#roll=${rollId}`]);
  expect(entered.headers.get("set-cookie")).toMatch(
    new RegExp(`^continuo_${daemon.port}=[^;]+; HttpOnly; SameSite=Strict; Path=/$`),
  );
  for (const path of [address.slice(daemon.url.length), "/open", "/open?code=", "/open?code=x&roll=y"]) {
    const closed = await get(path);
    expect([closed.status, closed.headers.get("set-cookie")]).toEqual([403, null]);
    expect(await closed.text()).toContain("<code>continuo open</code>");
  }
});

test("a program that only looks at an address by HEAD does not use it up", async () => {
  const address = await newAddress(daemon);
  for (let looked = 0; looked < 2; looked++) {
    const look = await fetch(address, { method: "HEAD", redirect: "manual" });
    expect([look.status, look.headers.get("set-cookie")]).toEqual([303, null]);
  }
  const entered = await fetch(address, { redirect: "manual" });
  expect(entered.headers.get("set-cookie")).toContain(`continuo_${daemon.port}=`);
  expect((await fetch(address, { method: "HEAD", redirect: "manual" })).status).toBe(403);
});

test("HEAD calls no method", async () => {
  const begun = await fetch(`${daemon.url}/v1/get?method=shutdown&token=${daemon.token()}`, {
    method: "HEAD",
    headers: { authorization: `Bearer ${daemon.token()}` },
  });
  expect([begun.status, begun.headers.get("allow")]).toEqual([405, "GET"]);
  expect((await get("/")).status).toBe(200);
});

test("an invalid roll id does not get into the address", async () => {
  const address = `${(await newAddress(daemon)).split("&")[0]}&roll=${encodeURIComponent("x\r\nset-cookie: a=b")}`;
  const entered = await fetch(address, { redirect: "manual" });
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);
});

test("the page's files come to everybody, with their types and kept as they may be", async () => {
  const page = await get("/");
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<script type="module" src="/page.js">');
  for (const [path, type] of [
    ["/", "text/html; charset=utf-8"],
    ["/index.html", "text/html; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
    ["/icon.svg", "image/svg+xml"],
  ] as const) {
    const found = await get(path);
    expect([found.status, found.headers.get("content-type")]).toEqual([200, type]);
    expect(found.headers.get("cache-control")).toBe("no-cache");
    const again = await get(path, { "if-none-match": found.headers.get("etag") ?? "" });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await fetch(`${daemon.url}${path}`, { method: "HEAD" })).status).toBe(200);
  }
  const [chunk] = /chunks\/[^"']+\.js/.exec(await (await get("/page.js")).text()) ?? [];
  const cached = await get(`/${chunk}`);
  expect([cached.status, cached.headers.get("cache-control")]).toEqual([
    200,
    "public, max-age=31536000, immutable",
  ]);
});

test("everything of the page is closed to frames, foreign code and readers", async () => {
  const cookie = await enterPage(daemon);
  const { rollId } = await openSong();
  const own = { cookie, "sec-fetch-site": "same-origin" };
  for (const path of ["/", "/page.js", "/open?code=x", `/rolls/${rollId}/x.mid`]) {
    const { headers } = await get(path, own);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": expect.stringContaining("midi=(self), autoplay=(self)"),
    });
  }
});

test("no path leads out of the table of files", async () => {
  for (const path of [
    "/../cli.js",
    "/%2e%2e/cli.js",
    "/..%2fcli.js",
    "/chunks",
    "/page.js/",
    "//page.js",
    "/page.js%00",
  ]) {
    const { status, text } = await rawHttp(daemon.port, httpText("GET", path, { host: "127.0.0.1" }));
    expect([path, status, text.includes("#!")]).toEqual([path, 401, false]);
  }
});

test("the page's connection is known by the cookie, from its own origin alone", async () => {
  const cookie = await enterPage(daemon);
  const own = daemon.url;
  expect(await greet(daemon, { origin: own, cookie })).toBe("open");
  expect(await greet(daemon, { origin: own })).toBe("TOKEN_MISSING");
  expect(await greet(daemon, { cookie })).toBe("TOKEN_MISSING");
  expect(await greet(daemon, { origin: own, cookie: `${cookie}x` })).toBe("TOKEN_MISSING");
  const other = cookie.replace(String(daemon.port), String(daemon.port + 1));
  expect(await greet(daemon, { origin: own, cookie: other })).toBe("TOKEN_MISSING");
  for (const origin of ["http://evil.example", `http://127.0.0.1:${daemon.port + 1}`, "null"])
    expect(await greet(daemon, { origin, cookie })).toBe("refused");
});

test("a page of the settings' origins is let in by the token, not by the cookie", async () => {
  const origin = "http://localhost:5173";
  const allowing = await startDaemon({ config: { origins: [origin] } });
  const cookie = await enterPage(allowing);
  expect(await greet(allowing, { origin, cookie })).toBe("TOKEN_MISSING");
});

test("a name that was bent to this machine gets neither page nor connection", async () => {
  const cookie = await enterPage(daemon);
  for (const path of ["/", "/page.js", "/open?code=x"]) {
    const { status } = await rawHttp(daemon.port, httpText("GET", path, { host: "evil.example", cookie }));
    expect(status).toBe(403);
  }
  const host = `evil.example:${daemon.port}`;
  const upgrade = upgradeText({ host, origin: `http://${host}`, cookie });
  expect((await rawHttp(daemon.port, upgrade)).status).toBe(403);
});

test("the cookie opens files and sounds to the page, and nothing that is called", async () => {
  const cookie = await enterPage(daemon);
  const { rollId } = await openSong();
  const file = `/rolls/${rollId}/song.mid`;
  const statuses = async (path: string) => {
    const sites = ["same-origin", "none", "same-site", "cross-site"];
    const of = (site: string) => get(path, { cookie, "sec-fetch-site": site });
    const answers = await Promise.all(sites.map(of));
    return [...answers, await get(path, { cookie }), await get(path)].map(({ status }) => status);
  };
  expect(await statuses(file)).toEqual([200, 200, 403, 403, 401, 401]);
  expect(await statuses("/sounds/none.sf3")).toEqual([404, 404, 403, 403, 401, 401]);
  for (const path of ["/metrics", "/v1/get?method=status", "/v1/get?method=shutdown", "/rolls"])
    expect(new Set(await statuses(path)).has(200)).toBe(false);
  for (const path of ["/v1/rpc", "/v1/fill"]) {
    const headers = { cookie, origin: daemon.url, "sec-fetch-site": "same-origin" };
    const body = '{"jsonrpc":"2.0","id":1,"method":"status"}';
    expect((await fetch(`${daemon.url}${path}`, { method: "POST", headers, body })).status).toBe(401);
  }
  // A wrong token is not made good by the cookie.
  const wrong = { cookie, "sec-fetch-site": "same-origin", authorization: "Bearer x" };
  expect((await get(file, wrong)).status).toBe(401);
  expect((await get(file, { authorization: `Bearer ${daemon.token()}` })).status).toBe(200);
});

test("a changed token ends the page's connection, and its cookie", async () => {
  const changing = await startDaemon();
  const cookie = await enterPage(changing);
  const old = await newAddress(changing);
  const socket = new WebSocket(`${changing.url.replace("http", "ws")}/v1/ws`, {
    headers: { origin: changing.url, cookie },
  });
  await new Promise((resolve) => socket.on("open", resolve));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  expect((await runCli(["token", "--rotate"], { env: { CONTINUO_HOME: changing.home } })).exitCode).toBe(0);
  await settled("the end of the page's connection", closed);
  expect(await greet(changing, { origin: changing.url, cookie })).toBe("TOKEN_MISSING");
  expect((await fetch(old, { redirect: "manual" })).status).toBe(403);
});

test("a page that was open when the daemon was killed comes back without a new address", async () => {
  const first = await startDaemon();
  const cookie = await enterPage(first);
  first.child.kill("SIGKILL");
  await first.ended;
  const second = await startDaemon({ home: first.home, args: ["--port", String(first.port)] });
  expect(second.port).toBe(first.port);
  expect(await greet(second, { origin: second.url, cookie })).toBe("open");
});

async function openSong() {
  const caller = await openWebSocket(daemon);
  const song = { ppq: 96, tracks: [{ id: "a", notes: [] }] };
  const { result } = await caller.call("roll/open", { title: "Song", song });
  caller.close();
  if (result === undefined) throw new Error("no song");
  return result;
}
