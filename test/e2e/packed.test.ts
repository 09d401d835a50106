/**
 * The package as a user installs it: into an empty folder, by an npm without settings, without any network at all.
 */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { platformName } from "../../bridge/engine/addon.ts";
import { completePackage } from "../../scripts/steps/platform-package.mjs";
import { temporaryFolder } from "../bridge/support/cli.ts";
import { PATIENT_MS } from "./support/wait.ts";

const run = promisify(execFile);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const platform = platformName();
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** Nothing of this machine's npm, and no registry to ask. */
function plainEnv(home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|continuo_|ort_)/i.test(name));
  return { ...Object.fromEntries(inherited), HOME: home, USERPROFILE: home, CONTINUO_HOME: join(home, "c") };
}

/** What the release makes of this machine's build. */
function platformPackage(): string {
  const folder = temporaryFolder();
  const name = `continuo-${platform}`;
  for (const module of [`continuo.${platform}.node`, `continuo-train.${platform}.node`]) {
    copyFileSync(join("dist", module), join(folder, module));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, license: "MIT" }));
  completePackage(folder, platform, resolve("dist", "plugin"));
  return folder;
}

test("it installs without a network, and fills", { timeout: 3 * PATIENT_MS }, async () => {
  const [user, packs, home] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const env = plainEnv(home);
  for (const source of [resolve("."), platformPackage()]) {
    await run(npm, ["pack", "--ignore-scripts", "--pack-destination", packs, source], { env, cwd: packs });
  }
  const tarballs = readdirSync(packs).map((name) => join(packs, name));
  expect(tarballs).toHaveLength(2);
  mkdirSync(join(home, "empty"));
  const cache = ["--cache", join(home, "empty")];
  await run(npm, ["install", "--offline", "--no-audit", "--no-fund", ...cache, ...tarballs], {
    env,
    cwd: user,
  });
  // Nothing of the clone helps: no package of anybody else's came along.
  expect(readdirSync(join(user, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(
    ["continuo", `continuo-${platform}`].sort(),
  );
  copyFileSync("test/fixtures/faure-apres-un-reve.mid", join(user, "piece.mid"));
  const continuo = (...args: string[]) =>
    run(process.execPath, [join(user, "node_modules", "continuo", "dist", "cli.js"), ...args], {
      env,
      cwd: user,
    });
  const { stdout } = await continuo(
    ...["fill", "piece.mid", "--track", "1", "--bars", "9-10", "-o", "out.mid", "--json", "--no-daemon"],
  );
  expect(JSON.parse(stdout).candidates[0].notes.length).toBeGreaterThan(0);
  expect(existsSync(join(user, "out.mid"))).toBe(true);
  if (platform.endsWith("-musl")) return;
  mkdirSync(join(user, "clap"));
  await continuo("install", "plugin", "--format", "clap", "--to", join(user, "clap"));
  expect(readdirSync(join(user, "clap"))).toEqual(["Continuo.clap"]);
});
