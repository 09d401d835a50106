// One npm package for each platform from artifacts/, published, and named in package.json as optional.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, root, runTool, StepError } from "./steps/run.mjs";

main(() => {
  runTool("napi", ["create-npm-dirs"]);
  // napi moves the module that it knows by name; the one for training goes along.
  runTool("napi", ["artifacts", "--output-dir", "artifacts"]);
  for (const file of findModules(join(root, "artifacts"), "continuo-train.")) {
    const platform = /continuo-train\.(.+)\.node$/.exec(file)?.[1];
    copyFileSync(file, join(root, "npm", platform, `continuo-train.${platform}.node`));
  }
  for (const platform of readdirSync(join(root, "npm"))) finishPackage(join(root, "npm", platform), platform);
  // Writes optionalDependencies of exactly this version, and publishes the packages of the platforms.
  runTool("napi", ["prepublish", "-t", "npm", "--no-gh-release", ...process.argv.slice(2)]);
});

function findModules(folder, prefix) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.split(/[\\/]/).at(-1).startsWith(prefix))
    .map((path) => join(folder, path));
}

/** napi lists its own module only; a package without both must not be published. */
function finishPackage(folder, platform) {
  const modules = [`continuo.${platform}.node`, `continuo-train.${platform}.node`];
  const there = readdirSync(folder);
  for (const name of modules) {
    if (!there.includes(name)) throw new StepError(`npm/${platform} lacks ${name}.`);
  }
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, `${JSON.stringify({ ...manifest, files: modules }, null, 2)}\n`);
}
