/**
 * The watched folder accepts only the user's own plain files.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finish } from "../../bridge/support/cli.ts";
import { fetchAnswer, leaveFile, overHttp, resultOf } from "../support/callers.ts";
import { newHome, spawnDaemon, startDaemon, type TestDaemon } from "../support/daemon.ts";
import { isLinux, isRoot, testWith } from "../support/needs.ts";
import { until } from "../support/wait.ts";

const STATUS = '{"jsonrpc":"2.0","id":4,"method":"status"}';
/** Any user but root. */
const NOBODY = 65_534;
let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const codeIn = (text: string) => JSON.parse(text).error?.data.code;

test.skipIf(!isLinux)("a link is refused, wherever it leads, and what it leads to stays", async () => {
  const secret = join(daemon.home, "secret.json");
  writeFileSync(secret, STATUS);
  for (const [name, target] of [
    ["to-file", secret],
    ["to-nothing", join(daemon.home, "nothing")],
    ["to-device", "/dev/zero"],
  ] as const) {
    const path = join(daemon.folder, name);
    symlinkSync(target, `${path}.request.json`);
    expect(codeIn((await fetchAnswer(path)).text)).toBe("FILE_FORBIDDEN");
    await until("the link to be gone", () => !readdirSync(daemon.folder).includes(`${name}.request.json`));
  }
  expect(readFileSync(secret, "utf8")).toBe(STATUS);
});

test.skipIf(!isLinux)("an answer is never written through a link that waits for it", async () => {
  const victim = join(daemon.home, "victim");
  writeFileSync(victim, "mine");
  const path = join(daemon.folder, "planted");
  symlinkSync(victim, `${path}.response.json.part`);
  const { text } = await leaveFile(daemon, STATUS, "planted");
  expect(JSON.parse(text).result.pid).toBe(daemon.pid);
  expect(readFileSync(victim, "utf8")).toBe("mine");
});

test.skipIf(!isLinux)("a pipe and a folder are refused once, and the daemon goes on", async () => {
  const [pipe, folder] = [join(daemon.folder, "pipe"), join(daemon.folder, "folder")];
  execFileSync("mkfifo", [`${pipe}.request.json`]);
  mkdirSync(`${folder}.request.json`);
  for (const path of [pipe, folder]) expect(codeIn((await fetchAnswer(path)).text)).toBe("FILE_FORBIDDEN");
  // The folder was read for each of these, and by the second all that the first reading found is done.
  for (let reading = 0; reading < 2; reading++) {
    expect(JSON.parse((await leaveFile(daemon, STATUS)).text).result.pid).toBe(daemon.pid);
  }
  expect(existsSync(`${folder}.response.json`)).toBe(false);
});

testWith("root", isLinux && isRoot)("a file of another user is refused", async () => {
  const path = join(daemon.folder, "other");
  writeFileSync(`${path}.part`, STATUS);
  chownSync(`${path}.part`, NOBODY, NOBODY);
  renameSync(`${path}.part`, `${path}.request.json`);
  expect(codeIn((await fetchAnswer(path)).text)).toBe("FILE_FORBIDDEN");
});

test("a file of more than 32 MB is refused by its size", async () => {
  const path = join(daemon.folder, "large");
  writeFileSync(`${path}.part`, "");
  truncateSync(`${path}.part`, 33 * 1024 * 1024);
  renameSync(`${path}.part`, `${path}.request.json`);
  expect(codeIn((await fetchAnswer(path)).text)).toBe("MESSAGE_TOO_LARGE");
});

test("other names are left alone", async () => {
  const names = ["half.request.json.part", "notes.txt", ".request.json", `${"a".repeat(101)}.request.json`];
  for (const name of names) writeFileSync(join(daemon.folder, name), STATUS);
  await leaveFile(daemon, STATUS);
  expect(
    readdirSync(daemon.folder)
      .filter((name) => names.includes(name))
      .sort(),
  ).toEqual([...names].sort());
});

test("a value that is not an object, or not JSON, has an answer of its own", async () => {
  for (const [text, code] of [
    ["null", "MESSAGE_INVALID"],
    ['"x"', "MESSAGE_INVALID"],
    ["", "MESSAGE_NOT_JSON"],
    ["\u0000\u0001", "MESSAGE_NOT_JSON"],
  ] as const) {
    expect(codeIn((await leaveFile(daemon, text)).text)).toBe(code);
  }
});

test("requests left all at once are all answered", async () => {
  const answers = await Promise.all(Array.from({ length: 150 }, () => leaveFile(daemon, STATUS)));
  expect(answers.every(({ text }) => JSON.parse(text).result.pid === daemon.pid)).toBe(true);
  expect(resultOf(await overHttp(daemon).call("status")).pid).toBe(daemon.pid);
});

testWith("Linux", isLinux)("a folder into which others can write is not watched", async () => {
  const home = newHome();
  const shared = join(home, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  const { exitCode, stderr } = await finish(spawnDaemon(home, { config: { folder: shared } }));
  expect([exitCode, /error\[(\w+)\]/.exec(stderr)?.[1]]).toEqual([1, "FOLDER_SHARED"]);
});

test("folders and files that cannot be removed are reported once, and requests go on", async () => {
  const names = ["odd.cancel", "odd.response.json", "old.response.x"];
  for (const name of names) mkdirSync(join(daemon.folder, name));
  writeFileSync(join(daemon.folder, "odd.cancel", "inside"), "");
  for (const name of names) utimesSync(join(daemon.folder, name), new Date(0), new Date(0));
  for (let reading = 0; reading < 3; reading++) {
    expect(JSON.parse((await leaveFile(daemon, STATUS)).text).result.pid).toBe(daemon.pid);
  }
  expect(daemon.child.exitCode).toBeNull();
  await until("the log", () => daemon.log().includes("odd.cancel: "));
  expect(daemon.log().split("odd.cancel: ").length).toBe(2);
  for (const name of names) rmSync(join(daemon.folder, name), { recursive: true });
});
