/**
 * The files shipped for each host, installed and uninstalled by the real program.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { HOST_NAMES, type HostName } from "../../bridge/install/host.ts";
import { runCli, temporaryFolder } from "../bridge/support/cli.ts";
import { filesIn } from "./support/program.ts";

/** Where they are under the folder that --to names, and which names the host reads. */
const EXPECTED: Record<HostName, { below: string; name: RegExp }> = {
  // Ardour reads its folder alone, not those inside.
  ardour: { below: "scripts", name: /^continuo_\w+\.lua$/ },
  reaper: { below: "Scripts/Continuo", name: /^(Continuo - .+\.lua|index\.xml)$/ },
  bitwig: { below: "Continuo", name: /^continuo\.control\.js$/ },
  ableton: { below: "Continuo", name: /^(extension\.js|manifest\.json|continuo-.*\.ablx)$/ },
};

test.each(HOST_NAMES)("%s: whole, current to the doctor, and gone afterwards", async (host) => {
  const [home, to] = [temporaryFolder(), temporaryFolder()];
  const env = { CONTINUO_HOME: home };
  writeFileSync(join(to, "neighbour.txt"), "theirs");
  const installed = await runCli(["install", host, "--to", to], { env });
  expect(installed).toMatchObject({ exitCode: 0, stderr: "" });
  const { below, name } = EXPECTED[host];
  const files = filesIn(join(to, ...below.split("/")));
  expect(Object.keys(files).length).toBeGreaterThan(0);
  expect(Object.keys(files).filter((path) => !name.test(path))).toEqual([]);
  expect(files).toEqual(filesIn(join("dist", "hosts", host)));
  const { stdout } = await runCli(["doctor", "--json", "--model", inject("tinyModel")], { env });
  const { checks } = JSON.parse(stdout);
  const mine = checks.find(({ detail }: { detail: string }) => detail.includes(to));
  expect(mine).toMatchObject({ isOk: true, detail: expect.stringContaining("current") });
  await runCli(["uninstall", host], { env });
  expect(readdirSync(to)).toEqual(["neighbour.txt"]);
});

test("a home of another program's making is not taken for ours", async () => {
  const [home, to] = [temporaryFolder(), temporaryFolder()];
  mkdirSync(join(to, "Continuo"));
  writeFileSync(join(to, "Continuo", "notes.txt"), "theirs");
  const env = { CONTINUO_HOME: home };
  await runCli(["install", "ableton", "--to", to], { env });
  await runCli(["uninstall", "ableton", "--to", to], { env });
  expect(filesIn(to)).toEqual({ "Continuo/notes.txt": "theirs" });
  expect(readFileSync(join(to, "Continuo", "notes.txt"), "utf8")).toBe("theirs");
});
