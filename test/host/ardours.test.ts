/**
 * scripts/install-ardours.sh: everything for the Ardour tests is installed completely, or not at all.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { finish, temporaryFolder } from "../bridge/support/cli.ts";
import { isLinux, isRoot, testWith } from "../e2e/support/needs.ts";

const testInstall = testWith("root on Linux", isLinux && isRoot);

/** Run it with a debootstrap of the test's own, which knows its folder as $folder. */
async function install(debootstrap: string) {
  const [bin, cache] = [temporaryFolder(), temporaryFolder()];
  const calls = join(bin, "calls");
  const program = `#!/bin/sh\necho "$@" >> ${calls}\nfor word; do case "$word" in ${cache}/*) folder=$word ;; esac; done\n${debootstrap}\n`;
  writeFileSync(join(bin, "debootstrap"), program, { mode: 0o755 });
  mkdirSync(join(cache, "ardour-8.abcdef.part"));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, CONTINUO_TEST_CACHE: cache };
  const result = await finish(spawn(resolve("scripts/install-ardours.sh"), { env }));
  const called = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  return { ...result, called, left: readdirSync(cache) };
}

testInstall("a Debian that can't be fetched is tried twice, and leaves nothing", async () => {
  const { exitCode, stderr, called, left } = await install("exit 1");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("(attempt 2 of 2)");
  expect(new Set(called.map((line) => line.match(/ (bookworm|trixie) /)?.[1])).size).toBe(1);
  expect(called).toHaveLength(2);
  expect(left).toEqual(["lock"]);
});

testInstall("one in which Ardour can't be installed leaves nothing, and nothing mounted", async () => {
  const fake = `mkdir -p "$folder/etc/apt/apt.conf.d" "$folder/etc/dpkg/dpkg.cfg.d" "$folder/usr/sbin" "$folder/proc" "$folder/dev"`;
  const { exitCode, left } = await install(fake);
  expect(exitCode).toBe(1);
  expect(left).toEqual(["lock"]);
  expect(existsSync("/dev/null")).toBe(true);
  expect(readFileSync("/proc/mounts", "utf8")).not.toContain(".part/");
});
