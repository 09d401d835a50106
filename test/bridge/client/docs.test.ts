/**
 * The examples of docs/client.md, run unchanged with the installed package.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { chromium, testWith } from "../../e2e/support/needs.ts";
import { notesOf, songRequest } from "../../e2e/support/songs.ts";
import { finish, temporaryFolder } from "../support/cli.ts";

/** The examples by name, in a folder whose only package is ours. */
function examples(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules", "continuo"), "dir");
  copyFileSync("dist/client.browser.js", join(folder, "client.browser.js"));
  const text = readFileSync("docs/client.md", "utf8");
  for (const [, name = "", code = ""] of text.matchAll(/<!-- example: (\S+) -->\n```js\n([\s\S]*?)```/g)) {
    writeFileSync(join(folder, name), code);
  }
  return folder;
}

/** Run a script; the user's own daemon is out of the way. */
const run = (script: string, home = temporaryFolder()) =>
  finish(spawn(process.execPath, [script], { env: { ...process.env, CONTINUO_HOME: home } }));

test.each([
  ["node.mjs", /^(\d+ \d+\n)+$/],
  ["progress.mjs", /candidate 0 \d+[\s\S]*the best of 3\n$/],
])("%s runs, and ends by itself", async (name, expected) => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const result = await run(join(examples(), name), daemon.home);
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  expect(result.stdout).toMatch(expected);
});

test("a script whose callbacks fail goes on to its end", async () => {
  const daemon = await startDaemon();
  const folder = examples();
  const source = readFileSync(join(folder, "node.mjs"), "utf8")
    .replace(
      "sampling: { seed: 1 },\n}",
      "sampling: { seed: 1 },\n}, { onStart: fail, onProgress: fail, onCandidate: late }",
    )
    .replace("const result", 'client.on("fill/end", fail);\nconst result');
  const callbacks =
    'const fail = () => { throw new Error("mine"); };\nconst late = async () => { throw new Error("late"); };\n';
  writeFileSync(join(folder, "failing.mjs"), callbacks + source);
  const { exitCode, stdout, stderr } = await run(join(folder, "failing.mjs"), daemon.home);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^(\d+ \d+\n)+$/)]);
  expect(stderr).toContain("Error: mine");
  expect(stderr).toContain("Error: late");
});

test("node.mjs says so where no daemon runs", async () => {
  const { exitCode, stderr } = await run(join(examples(), "node.mjs"));
  expect([exitCode, /DAEMON_NOT_RUNNING/.test(stderr)]).toEqual([1, true]);
});

test("page.mjs fills by the bundle for pages, which needs nothing but a WebSocket", async () => {
  const daemon = await startDaemon();
  const previous = globalThis.WebSocket;
  Object.assign(globalThis, { WebSocket });
  onTestFinished(() => void Object.assign(globalThis, { WebSocket: previous }));
  const { fillBars } = await import(/* @vite-ignore */ pathToFileURL(join(examples(), "page.mjs")).href);
  const result = await fillBars(daemon.url, daemon.token(), songRequest());
  expect(notesOf(result)[0]?.length).toBeGreaterThan(0);
  await expect(fillBars(daemon.url, "wrong", songRequest())).rejects.toMatchObject({ code: "TOKEN_WRONG" });
});

testWith("Chromium", chromium !== undefined)(
  "page.mjs fills in a real browser, with a strict policy",
  async () => {
    const folder = examples();
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? "";
      const isScript = name === "page.mjs" || name === "client.browser.js";
      response.setHeader("content-security-policy", "default-src 'self'; connect-src ws://127.0.0.1:*");
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? readFileSync(join(folder, name)) : "<!doctype html><title>page</title>");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    onTestFinished(() => void server.close());
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const daemon = await startDaemon({ config: { origins: [origin] } });
    const { chromium: browsers } = await import("playwright-core");
    const browser = await browsers.launch({
      ...(chromium ? { executablePath: chromium } : {}),
      args: ["--no-sandbox"],
    });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(origin);
    const args = [daemon.url, daemon.token(), songRequest()].map((arg) => JSON.stringify(arg)).join(", ");
    // As text: the test's own compiler would change an import in a function.
    const count = await page.evaluate(
      `import("/page.mjs").then((page) => page.fillBars(${args})).then((result) => result.candidates[0].notes.length)`,
    );
    expect(count).toBeGreaterThan(0);
  },
);
