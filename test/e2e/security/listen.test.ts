/**
 * The daemon listens on this machine only, unless TLS is set up or the user insists.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { get } from "node:https";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { LIMITS } from "../../../bridge/protocol/limits.ts";
import { finish } from "../../bridge/support/cli.ts";
import { frame, overHttp, resultOf } from "../support/callers.ts";
import { newHome, spawnDaemon, startDaemon } from "../support/daemon.ts";
import { testWith } from "../support/needs.ts";
import { httpText, openRaw, rawHttp } from "../support/raw.ts";
import { settled } from "../support/wait.ts";

const ADDRESSES = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
/** An address of this machine that others can reach; nothing is sent there from elsewhere. */
const OUTSIDE = ADDRESSES.find(({ internal, family }) => !internal && family === "IPv4")?.address;
const hasIpv6 = ADDRESSES.some(({ address }) => address === "::1");
const hasOpenssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].some(existsSync);

async function refusal(args: string[], config = {}): Promise<[number | null, string | undefined]> {
  const { exitCode, stderr } = await finish(spawnDaemon(newHome(), { args, config }));
  return [exitCode, /error\[(\w+)\]/.exec(stderr)?.[1]];
}

test("another address without TLS is refused, by option and by setting", async () => {
  expect((await refusal(["--listen", "0.0.0.0"]))[1]).toBe("TLS_MISSING");
  expect((await refusal([], { listen: "0.0.0.0" }))[1]).toBe("TLS_MISSING");
});

test("--insecure is what it says; names of others are refused there too", async () => {
  const daemon = await startDaemon({ args: ["--listen", "0.0.0.0", "--insecure"] });
  const path = `/v1/get?method=status&token=${daemon.token()}`;
  for (const [host, status] of [
    ["10.1.2.3", 200],
    ["evil.example", 403],
  ] as const) {
    expect((await rawHttp(daemon.port, httpText("GET", path, { host }))).status).toBe(status);
  }
});

test.skipIf(OUTSIDE === undefined)(
  "without it, nothing listens at the machine's other addresses",
  async () => {
    const daemon = await startDaemon();
    for (const port of [daemon.port, daemon.tcpPort]) {
      const raw = openRaw(port, OUTSIDE);
      let isOpen = false;
      raw.socket.on("connect", () => {
        isOpen = true;
      });
      await settled("a refusal", raw.closed);
      expect(isOpen).toBe(false);
    }
  },
);

test.skipIf(!hasIpv6)("both loopback addresses answer", async () => {
  const daemon = await startDaemon();
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const body = '{"jsonrpc":"2.0","id":1,"method":"status"}';
  const answer = await fetch(`http://[::1]:${daemon.port}/v1/rpc`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  const socket = new WebSocket(`ws://[::1]:${daemon.port}/v1/ws`, { headers });
  await new Promise((resolve) => socket.on("open", resolve));
  socket.terminate();
  const raw = openRaw(daemon.tcpPort, "::1");
  raw.socket.write(Buffer.from([0xff, 0, 0, 0]));
  await settled("the end", raw.closed);
  expect(raw.received()).toContain("MESSAGE_TOO_LARGE");
});

testWith("openssl", hasOpenssl)(
  "TLS by a certificate of one's own; plain HTTP gets nothing there",
  async () => {
    const home = newHome();
    const [cert, key] = [join(home, "cert.pem"), join(home, "key.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-nodes", "-days", "2", ...algorithm, "-keyout", key, "-out", cert, ...subject],
      { stdio: "ignore" },
    );
    const daemon = await startDaemon({
      home,
      config: { tls: { cert, key } },
      args: ["--listen", "127.0.0.1"],
    });
    expect(daemon.url).toMatch(/^https:/);
    const options = { rejectUnauthorized: false, headers: { authorization: `Bearer ${daemon.token()}` } };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get(`${daemon.url}/v1/get?method=status`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
    expect(status).toBe(200);
    const socket = new WebSocket(`${daemon.url.replace("https", "wss")}/v1/ws`, options);
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    const half = openRaw(daemon.port);
    // The head of a ClientHello, of which no more comes.
    half.socket.write(Buffer.from([22, 3, 1, 2, 0]));
    expect(await settled("the end of half a handshake", half.closed)).toBeLessThan(LIMITS.idleMs / 2);
    // It showed the token before.
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
    const plain = openRaw(daemon.port);
    plain.socket.write(
      httpText("GET", `/v1/get?method=status&token=${daemon.token()}`, { host: "localhost" }),
    );
    await settled("the end", plain.closed);
    expect(plain.received()).not.toContain("uptimeMs");
  },
);

test("a certificate that cannot be read, or is invalid, is named", async () => {
  const tls = { cert: "/nothing/cert.pem", key: "/nothing/key.pem" };
  expect((await refusal([], { tls }))[1]).toBe("TLS_UNREADABLE");
  const home = newHome();
  const none = { cert: join(home, "config.json"), key: join(home, "config.json") };
  const { stderr } = await finish(spawnDaemon(home, { config: { tls: none } }));
  expect(/error\[(\w+)\]/.exec(stderr)?.[1]).toBe("TLS_UNREADABLE");
});

test("200 clients at once, and one too many", async () => {
  const daemon = await startDaemon();
  const headers = { authorization: `Bearer ${daemon.token()}` };
  const open = () =>
    new Promise<WebSocket | number>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/v1/ws`, { headers });
      socket.on("open", () => resolve(socket));
      socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode ?? 0));
      socket.on("error", () => resolve(0));
    });
  const opened = await Promise.all(Array.from({ length: 200 }, open));
  expect(opened.every((one) => typeof one === "object")).toBe(true);
  const replies = opened.map(
    (socket) =>
      new Promise<string>((resolve) => {
        if (typeof socket !== "object") return;
        socket.on("message", (data) => resolve(String(data)));
        socket.send('{"jsonrpc":"2.0","id":1,"method":"status"}');
      }),
  );
  const answers = await settled("200 answers", Promise.all(replies));
  expect(answers.every((text) => JSON.parse(text).result.pid === daemon.pid)).toBe(true);
  expect(JSON.parse(answers[0] ?? "{}").result.clients).toBe(200);

  const more = await Promise.all(Array.from({ length: 100 }, open));
  const refused = more.filter((one) => typeof one === "number");
  expect(refused.length).toBeGreaterThanOrEqual(44);
  const frames = openRaw(daemon.tcpPort);
  const params = { protocolVersion: 1, client: { name: "t" }, token: daemon.token() };
  frames.socket.write(frame(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })));
  await settled("a refusal", frames.closed);
  expect(frames.received()).toContain("BUSY");
  for (const one of [...opened, ...more]) if (typeof one === "object") one.terminate();
  await settled(
    "room",
    (async () => {
      while (resultOf(await overHttp(daemon).call("status")).clients > 0);
    })(),
  );
});
