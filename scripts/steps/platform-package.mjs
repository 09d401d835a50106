// What a release has for one platform alone, as an npm package: both native modules, ONNX Runtime's library, the plugin.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StepError } from "./run.mjs";

/**
 * Completes a package that holds its native modules and a package.json.
 * @param folder    the package's
 * @param platform  as napi-rs names it, such as linux-x64-gnu
 * @param plugin    the folder with the plugin's bundles; none for musl: DAWs for Linux are programs for glibc
 */
export function completePackage(folder, platform, plugin) {
  const modules = [`continuo.${platform}.node`, `continuo-train.${platform}.node`];
  const there = readdirSync(folder);
  for (const name of modules) {
    if (!there.includes(name)) throw new StepError(`${folder} lacks ${name}, and must not be published.`);
  }
  const files = [...modules];
  if (copyRuntime(folder, platform)) files.push("runtime");
  if (!platform.endsWith("-musl")) {
    if (!existsSync(plugin)) throw new StepError(`${plugin} is missing: the plugin for ${platform}.`);
    cpSync(plugin, join(folder, "plugin"), { recursive: true });
    files.push("plugin");
  }
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
}

/** ONNX Runtime's library and what it loads, out of onnxruntime-node; its licence is in NOTICE. @returns whether there is one */
function copyRuntime(folder, platform) {
  const [os, cpu, libc] = platform.split("-");
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const bin = join(dirname(manifest), "bin");
  const from = readdirSync(bin)
    .map((napi) => join(bin, napi, os, cpu))
    .find(existsSync);
  // It is made for glibc, and for Macs with Apple's processors.
  if (from === undefined || libc === "musl") return false;
  const isDuplicate = (name) => /^libonnxruntime\.\d+\.dylib$/.test(name);
  const libraries = readdirSync(from).filter((name) => !name.endsWith(".node") && !isDuplicate(name));
  mkdirSync(join(folder, "runtime"), { recursive: true });
  for (const name of libraries) copyFileSync(join(from, name), join(folder, "runtime", name));
  return true;
}
