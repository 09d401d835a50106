/**
 * continuo open: opens the piano roll with a file, using the running daemon or starting one.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { overHttp, resultOf } from "../../e2e/support/callers.ts";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";

const SONG = "test/fixtures/holmes-le-desir.mid";

async function statusOf(url: string): Promise<[number, string | null]> {
  const { status, headers } = await fetch(url, { redirect: "manual" });
  return [status, headers.get("location")];
}

test("an address of the song is printed, once good, and nothing is opened", async () => {
  const daemon = await startDaemon();
  const marker = join(daemon.home, "opened");
  const env = { CONTINUO_HOME: daemon.home, CONTINUO_BROWSER: browserThatWrites(daemon.home, marker) };
  const json = await runCli(["open", SONG, "--no-browser", "--json"], { env });
  expect([json.exitCode, json.stderr]).toEqual([0, ""]);
  const { url, rollId } = JSON.parse(json.stdout);
  expect(await statusOf(url)).toEqual([303, `/#roll=${rollId}`]);
  expect(await statusOf(url)).toEqual([403, null]);
  const plain = await runCli(["open", "--no-browser"], { env });
  expect(plain.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\?code=\S+\n$/);
  expect(await statusOf(plain.stdout.trim())).toEqual([303, "/"]);
  expect(existsSync(marker)).toBe(false);
});

test.skipIf(process.platform === "win32")("the browser opens at the song", async () => {
  const daemon = await startDaemon();
  const marker = join(daemon.home, "opened");
  const env = { CONTINUO_HOME: daemon.home, CONTINUO_BROWSER: browserThatWrites(daemon.home, marker) };
  const opened = await runCli(["open", SONG], { env });
  expect(opened).toMatchObject({ exitCode: 0, stdout: "opened in the browser\n", stderr: "" });
  await expect.poll(() => existsSync(marker) && readFileSync(marker, "utf8").endsWith("\n")).toBe(true);
  const [status, location] = await statusOf(readFileSync(marker, "utf8").trim());
  expect([status, location]).toEqual([303, expect.stringMatching(/^\/#roll=/)]);
});

test.skipIf(process.platform === "win32")("where no browser starts, the address is printed", async () => {
  const daemon = await startDaemon();
  const failing = join(daemon.home, "failing.sh");
  writeFileSync(failing, "#!/bin/sh\nexit 3\n", { mode: 0o755 });
  const nowhere = { DISPLAY: "", WAYLAND_DISPLAY: "", BROWSER: "", WSL_DISTRO_NAME: "", SSH_CONNECTION: "" };
  const missing = join(daemon.home, "none");
  for (const browser of [{ CONTINUO_BROWSER: failing }, { CONTINUO_BROWSER: missing }, {}]) {
    if (Object.keys(browser).length === 0 && process.platform !== "linux") continue;
    const env = { ...nowhere, ...browser, CONTINUO_HOME: daemon.home };
    const opened = await runCli(["open", SONG], { env });
    expect([opened.exitCode, opened.stderr]).toEqual([
      0,
      "no browser could be started here; open this address in one, once and within a minute:\n",
    ]);
    expect(opened.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\?code=\S+\n$/);
    const [status, location] = await statusOf(opened.stdout.trim());
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/#roll=/)]);
  }
});

test("a file that was changed before is said to have another version", async () => {
  const daemon = await startDaemon();
  const env = { CONTINUO_HOME: daemon.home };
  const first = JSON.parse((await runCli(["open", SONG, "--no-browser", "--json"], { env })).stdout);
  const note = { startTick: 1, durationTicks: 10, pitch: 20, velocity: 9 };
  const changes = [{ trackId: "1", removed: [], added: [note] }];
  const caller = overHttp(daemon);
  resultOf(await caller.call("roll/edit", { rollId: first.rollId, changes }));
  const again = await runCli(["open", SONG, "--no-browser", "--json"], { env });
  expect(again.stderr).toMatch(/^you changed this song in Continuo before: /);
  const { rollId } = JSON.parse(again.stdout);
  const { earlier } = resultOf(await caller.call("roll/get", { rollId }));
  expect(earlier).toMatchObject({ rollId: first.rollId, version: 1 });
});

test("a daemon is started where none runs", async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, "config.json"), JSON.stringify({ port: 0, tcpPort: 0 }));
  const env = { CONTINUO_HOME: home };
  onTestFinished(async () => void (await runCli(["stop"], { env })));
  const opened = await runCli(["open", SONG, "--no-browser"], { env });
  expect([opened.exitCode, opened.stderr]).toEqual([0, ""]);
  expect((await statusOf(opened.stdout.trim()))[0]).toBe(303);
});

test("a file that is not a song is refused before a daemon is started", async () => {
  const home = temporaryFolder();
  const env = { CONTINUO_HOME: home };
  for (const [file, code] of [
    [join(home, "none.mid"), "INPUT_NOT_FOUND"],
    [home, "INPUT_NOT_A_FILE"],
  ] as const) {
    const refused = await runCli(["open", file], { env });
    expect([refused.exitCode, errorCode(refused.stderr)]).toEqual([1, code]);
  }
  expect(existsSync(join(home, "daemon.json"))).toBe(false);
  const daemon = await startDaemon();
  const text = join(home, "text.mid");
  writeFileSync(text, "no music");
  const refused = await runCli(["open", text], { env: { CONTINUO_HOME: daemon.home } });
  expect([refused.exitCode, errorCode(refused.stderr)]).toEqual([1, "MIDI_NOT_MIDI"]);
  const large = join(home, "large.mid");
  writeFileSync(large, Buffer.alloc(24 * 1024 * 1024));
  const tooLarge = await runCli(["open", large], { env: { CONTINUO_HOME: daemon.home } });
  expect(errorCode(tooLarge.stderr)).toBe("INPUT_TOO_LARGE");
});

function browserThatWrites(folder: string, marker: string): string {
  const program = join(folder, "browser.sh");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" > '${marker}'\n`, { mode: 0o755 });
  return program;
}
