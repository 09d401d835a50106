/**
 * The Host and Origin of a request: names rebound to this machine, and pages of other origins.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDaemon, type TestDaemon } from "../support/daemon.ts";
import { httpText, rawHttp, upgradeText } from "../support/raw.ts";

const PAGE = "https://page.example";
const ALLOWED = "http://localhost:5173";
/** Of programs that show pages of their own. */
const OWN_SCHEMES = ["vscode-webview://1ab2c3", "tauri://localhost", "chrome-extension://abcdefghijklmnop"];
let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({
    config: { origins: [ALLOWED, ...OWN_SCHEMES] },
    onEnd: (end) => ends.push(end),
  });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

type Headers = Record<string, string>;
const STATUS = '{"jsonrpc":"2.0","id":1,"method":"status"}';

/** Every way by which headers come, each with the right token. */
const WAYS: Record<string, (headers: Headers) => string> = {
  "POST /v1/rpc": (headers) => httpText("POST", "/v1/rpc", { ...bearer(), ...headers }, STATUS),
  "POST /v1/fill": (headers) => httpText("POST", "/v1/fill", { ...bearer(), ...headers }, "{}"),
  "GET /v1/get": (headers) => httpText("GET", `/v1/get?method=status&token=${daemon.token()}`, headers),
  "GET /metrics": (headers) => httpText("GET", "/metrics", { ...bearer(), ...headers }),
  // One that was opened is closed by the frame behind the request.
  WebSocket: (headers) => `${upgradeText({ ...bearer(), ...headers })}\x88\x80\0\0\0\0`,
};
const bearer = () => ({ authorization: `Bearer ${daemon.token()}` });
const own = () => `127.0.0.1:${daemon.port}`;
/** What each way answers to those who may ask. */
const isServed = (status: number) => [101, 200, 400].includes(status);

async function statusOf(text: string): Promise<number> {
  return (await rawHttp(daemon.port, text)).status;
}

describe.each(Object.entries(WAYS))("%s", (_, request) => {
  test("the names of this machine are served", async () => {
    for (const host of [own(), `localhost:${daemon.port}`, `[::1]:${daemon.port}`, "LOCALHOST"]) {
      expect(isServed(await statusOf(request({ host })))).toBe(true);
    }
  });

  test("any other name is refused: DNS rebinding", async () => {
    const names = ["evil.example", `evil.example:${daemon.port}`, "127.0.0.1.evil.example", "10.0.0.7"];
    for (const host of [...names, "localhost.evil.example", "127.0.0.1@evil.example", ""]) {
      expect([host, await statusOf(request({ host }))]).toEqual([host, 403]);
    }
  });

  test("a page's Origin is refused, our own and those that the user named are served", async () => {
    for (const origin of [
      PAGE,
      "null",
      "http://localhost:1",
      "file://",
      `http://evil.example:${daemon.port}`,
    ]) {
      expect(await statusOf(request({ host: own(), origin }))).toBe(403);
    }
    for (const origin of [`http://${own()}`, ALLOWED]) {
      expect(isServed(await statusOf(request({ host: own(), origin })))).toBe(true);
    }
  });

  test("what a browser fetches for another page without Origin is refused", async () => {
    const headers = { host: own(), "sec-fetch-mode": "no-cors" };
    expect(await statusOf(request({ ...headers, "sec-fetch-site": "cross-site" }))).toBe(403);
    expect(await statusOf(request({ ...headers, "sec-fetch-site": "same-site" }))).toBe(403);
    expect(isServed(await statusOf(request({ ...headers, "sec-fetch-site": "none" })))).toBe(true);
  });

  test("no answer allows another origin to read it", async () => {
    for (const origin of [PAGE, ALLOWED, `http://${own()}`]) {
      const { text } = await rawHttp(daemon.port, request({ host: own(), origin }));
      expect(text.toLowerCase()).not.toContain("access-control-");
    }
  });
});

test("a preflight is refused and allows nothing", async () => {
  const headers = { host: own(), origin: PAGE, "access-control-request-method": "POST" };
  const { status, text } = await rawHttp(daemon.port, httpText("OPTIONS", "/v1/rpc", headers));
  expect(status).toBe(403);
  expect(text.toLowerCase()).not.toContain("access-control-");
});

test("a request without Host is refused", async () => {
  const text = `GET /v1/get?method=status&token=${daemon.token()} HTTP/1.0\r\n\r\n`;
  expect((await rawHttp(daemon.port, text)).status).toBe(403);
});

test.each(OWN_SCHEMES)(
  "%s is an origin of its own: not null, which frames of any site have",
  async (origin) => {
    const ask = WAYS["GET /v1/get"] ?? (() => "");
    expect(await statusOf(ask({ host: own(), origin }))).toBe(200);
    expect(await statusOf(ask({ host: own(), origin: "null" }))).toBe(403);
    expect(await statusOf(ask({ host: own(), origin: `${origin}.example` }))).toBe(403);
  },
);
