/**
 * fill, continue and vary give the same notes and files with a daemon and without one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";

const FIXTURES = "test/fixtures";
const FAURE = join(FIXTURES, "faure-apres-un-reve.mid");
const DRUMS = join(FIXTURES, "drummer1-rock-115.mid");
const [LOST, HELD] = ["test/odd-files/lost-note-off.mid", "test/odd-files/pitch-unclosed-once.mid"];

const bytesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]));

async function filled(daemon: TestDaemon, args: readonly string[]) {
  const folder = temporaryFolder();
  const env = { CONTINUO_HOME: daemon.home };
  const result = await runCli([...args, "-o", join(folder, "out.mid"), "--json"], { env });
  expect(result).toMatchObject({ exitCode: 0 });
  const answer = fillAnswerSchema.parse(JSON.parse(result.stdout));
  const { timings: _, candidates, ...rest } = answer;
  const told = candidates.map(({ file, ...candidate }) => ({ ...candidate, file: file.replace(folder, "") }));
  return { files: bytesIn(folder), answer: { ...rest, candidates: told }, stderr: result.stderr };
}

const fillsOf = async (daemon: TestDaemon) => {
  const response = await fetch(`${daemon.url}/metrics`, {
    headers: { authorization: `Bearer ${daemon.token()}` },
  });
  return Number(/continuo_fills_total\{state="done"\} (\d+)/.exec(await response.text())?.[1] ?? 0);
};

test.each([
  ["fill with candidates", ["fill", FAURE, "--track", "1", "--bars", "9-12", "--candidates", "4"]],
  [
    "fill with promises",
    ["fill", FAURE, "--track", "2", "--range", "5.1-6.2", "--scale", "auto", "--polyphony", "2"],
  ],
  [
    "fill with locks",
    ["fill", FAURE, "--track", "1", "--bars", "9-12", "--lock", "72,74", "--rhythm", "keep"],
  ],
  ["drums", ["fill", DRUMS, "--track", "1", "--bars", "3-4", "--density", "7", "--temperature", "1.1"]],
  ["continue", ["continue", FAURE, "--track", "1", "--bars", "4"]],
  ["vary", ["vary", FAURE, "--track", "1", "--bars", "9-12", "--amount", "0.4"]],
  ["several tracks", ["fill", FAURE, "--track", "1-3", "--bars", "9-12", "--candidates", "2"]],
  ["several with locks", ["fill", FAURE, "--track", "3,1", "--bars", "9-12", "--lock", "72,74"]],
  ["several, varied", ["vary", FAURE, "--track", "2,1", "--bars", "9-10", "--amount", "0.4"]],
  ["several new parts", ["add", FAURE, "--parts", "melody,bass,drums", "--bars", "5-6", "--candidates", "2"]],
  ["a lost note-off", ["fill", LOST, "--track", "1", "--bars", "9-10"]],
  ["a note without end", ["fill", HELD, "--track", "1", "--bars", "5-8"]],
  ["the same, ended", ["fill", HELD, "--track", "1", "--bars", "5-8", "--end-held-notes"]],
  ["a pattern", ["fill", "test/odd-files/format-2.mid", "--track", "2", "--bars", "3-4"]],
  ["a program midway", ["fill", "test/odd-files/program-changes-midway.mid", "--track", "1", "--bars", "9"]],
  ["a recurrent model", ["continue", FAURE, "--track", "1", "--bars", "2", "--model", "howl-lstm-192"]],
])("%s: byte for byte the same", async (_, args) => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const here = await filled(daemon, [...args, "--seed", "5", "--no-daemon"]);
  expect(await fillsOf(daemon)).toBe(0);
  const there = await filled(daemon, [...args, "--seed", "5"]);
  expect(await fillsOf(daemon)).toBe(1);
  expect(there.answer).toEqual(here.answer);
  expect(there.files).toEqual(here.files);
  expect(there.stderr).toBe(here.stderr);
});

test("what the daemon cannot do is done here: another device, threads, a model's folder", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const args = ["fill", FAURE, "--track", "1", "--bars", "9-12", "--seed", "1"];
  for (const own of [
    ["--device", "cpu"],
    ["--threads", "1"],
    ["--model", "models/infill-s"],
  ]) {
    await filled(daemon, [...args, ...own]);
  }
  expect(await fillsOf(daemon)).toBe(0);
});

test("a daemon that does not answer is done without", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const args = ["fill", FAURE, "--track", "1", "--bars", "9-12", "--seed", "1"];
  const before = await filled(daemon, args);
  daemon.child.kill("SIGSTOP");
  onTestFinished(() => void daemon.child.kill("SIGCONT"));
  const stuck = await filled(daemon, args);
  daemon.child.kill("SIGCONT");
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  const gone = await filled(daemon, args);
  expect([stuck.files, gone.files]).toEqual([before.files, before.files]);
  expect([stuck.stderr, gone.stderr]).toEqual(["", ""]);
});

test("what is wrong with the request is told as it is without a daemon", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const output = join(temporaryFolder(), "out.mid");
  const run = (args: readonly string[]) =>
    runCli(["fill", FAURE, ...args, "-o", output], { env: { CONTINUO_HOME: daemon.home } });
  for (const args of [
    ["--track", "99", "--bars", "1"],
    ["--track", "1", "--bars", "9-12", "--scale", "H blue"],
    ["--track", "1", "--bars", "9-12", "--candidates", "99"],
    ["--track", "1", "--bars", "900"],
  ]) {
    const there = await run(args);
    expect(there).toEqual(await run([...args, "--no-daemon"]));
    expect(there.exitCode).not.toBe(0);
  }
});
