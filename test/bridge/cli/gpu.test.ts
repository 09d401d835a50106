/**
 * Training on a GPU from the command line, on a machine without one. native/train-gpu tests that the networks compute
 * the same as on the CPU.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { platformName } from "../../../bridge/engine/addon.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";

function isBuilt(device: string): boolean {
  return existsSync(join("dist", `continuo-train-${device}.${platformName()}.node`));
}

test("a device without its addon says what to install, and leaves nothing behind", async () => {
  // No machine has all three: metal is Apple's, cuda NVIDIA's.
  const device = ["metal", "cuda", "wgpu"].find((name) => !isBuilt(name)) ?? "metal";
  const folder = temporaryFolder();
  const run = join(folder, "run");
  const { stderr, exitCode } = await runCli(["train", folder, "--out", run, "--device", device]);
  expect(errorCode(stderr)).toBe("DEVICE_UNAVAILABLE");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`npm install -g continuo-train-${device}-${platformName()}`);
  expect(stderr).toContain(`npm run build:train -- --gpu ${device}`);
  expect(existsSync(run)).toBe(false);
});

test("a device that there is not is an error of the command", async () => {
  const folder = temporaryFolder();
  const args = ["train", folder, "--out", join(folder, "run"), "--device", "abacus"];
  const { stderr, exitCode } = await runCli(args);
  expect(errorCode(stderr)).toBe("DEVICE_UNKNOWN");
  expect(exitCode).toBe(2);
});
