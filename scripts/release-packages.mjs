// One npm package for each platform from artifacts/, published, and named in package.json as optional;
// and into npm-gpu/ one for each device and platform, which users install themselves.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completePackage } from "./steps/platform-package.mjs";
import { main, root, runTool, StepError } from "./steps/run.mjs";

main(() => {
  runTool("napi", ["create-npm-dirs"]);
  // napi moves the module that it knows by name; the one for training goes along.
  runTool("napi", ["artifacts", "--output-dir", "artifacts"]);
  for (const file of findModules(join(root, "artifacts"), "continuo-train.")) {
    const platform = /continuo-train\.(.+)\.node$/.exec(file)?.[1];
    copyFileSync(file, join(root, "npm", platform, `continuo-train.${platform}.node`));
  }
  for (const file of findModules(join(root, "artifacts"), "continuo-train-")) writeGpuPackage(file);
  for (const platform of readdirSync(join(root, "npm"))) {
    completePackage(join(root, "npm", platform), platform, join(root, "artifacts", `plugin-${platform}`));
  }
  // Writes optionalDependencies of exactly this version, and publishes the packages of the platforms.
  runTool("napi", ["prepublish", "-t", "npm", "--no-gh-release", ...process.argv.slice(2)]);
});

function findModules(folder, prefix) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.split(/[\\/]/).at(-1).startsWith(prefix))
    .map((path) => join(folder, path));
}

/** A package with the module of one device for one platform, such as continuo-train-wgpu-linux-x64-gnu. */
function writeGpuPackage(file) {
  const module = file.split(/[\\/]/).at(-1);
  const [, device, platform, os, cpu, libc] = /^(.+)\.((\w+)-(\w+)(?:-(\w+))?)\.node$/.exec(module) ?? [];
  if (device === undefined) throw new StepError(`${module} is not named after a device and a platform.`);
  const { version, license, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const name = `${device}-${platform}`;
  const description = `Training of continuo on a GPU: ${device.split("-").at(-1)} on ${platform}`;
  const only = { os: [os], cpu: [cpu], ...(libc === "gnu" ? { libc: ["glibc"] } : {}) };
  const manifest = { name, version, description, license, engines, ...only, main: module, files: [module] };
  const folder = join(root, "npm-gpu", name);
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, join(folder, module));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
