// A Python with the rivals in it: the one that is named, or a virtual environment in the cache folder.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWindows } from "../steps/run.mjs";

/** Fixed, so that figures of two days compare. */
const PACKAGES = ["torch==2.8.0", "symusic==0.6.0", "safetensors==0.8.0"];
const PROBE = "import sys, torch, symusic, safetensors; print(sys.version.split()[0], torch.__version__)";

/** Where downloads and unpacked corpora stay between runs; outside the tree. */
export const cacheFolder = process.env.CONTINUO_BENCH_CACHE ?? join(tmpdir(), "continuo-bench");

/** @returns {program, versions}, or {missing} with the reason in words */
export function preparePython(named) {
  if (named !== undefined) {
    const versions = probe(named);
    return versions === undefined
      ? { missing: `${named} has no torch, symusic and safetensors` }
      : { program: named, versions };
  }
  const folder = join(cacheFolder, "venv");
  const program = join(folder, ...(isWindows ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const found = existsSync(program) ? probe(program) : undefined;
  if (found !== undefined) return { program, versions: found };
  mkdirSync(cacheFolder, { recursive: true });
  const system = isWindows ? "python" : "python3";
  if (spawnSync(system, ["-m", "venv", folder], { stdio: "ignore" }).status !== 0) {
    return { missing: `no ${system} that can make a virtual environment` };
  }
  // On Linux with an x64 processor PyPI has PyTorch only with the libraries for GPUs beside it.
  process.stdout.write(
    `Installing ${PACKAGES.join(", ")} into ${folder}: once, up to 3 GB. ` +
      "--python PROGRAM takes one that has them instead, --no-python leaves the rivals out.\n",
  );
  const install = spawnSync(program, ["-m", "pip", "install", "--quiet", ...PACKAGES], { stdio: "inherit" });
  const versions = install.status === 0 ? probe(program) : undefined;
  return versions === undefined ? { missing: "pip could not install the rivals" } : { program, versions };
}

function probe(program) {
  const result = spawnSync(program, ["-c", PROBE], { encoding: "utf8" });
  if (result.status !== 0) return undefined;
  const [python, torch] = result.stdout.trim().split(" ");
  return { python, torch, symusic: "0.6.0" };
}
