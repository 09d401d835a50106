// NOTICE: whose work is in what a user installs, under which licence. Crates by cargo's metadata, on all platforms;
// packages by what esbuild put into the bundles, and what is copied beside them.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, StepError } from "./run.mjs";

/** The crates that are shipped; what they use is in them. */
const SHIPPED = ["continuo-addon", "continuo-train-addon", "continuo-plugin"];
/** Copied as they are: ONNX Runtime's library, the synthesizer's other half. */
const COPIED = ["onnxruntime-node", "spessasynth_lib"];
/** Where a package's own file does not say it. */
const LICENCE_FILE = /^(licen[cs]e|copying|notice|unlicense)([.-].*)?$/i;

/** @returns the whole text */
export function notice(bundled) {
  const crates = shippedCrates();
  const packages = bundledPackages(bundled);
  const texts = new Map();
  const list = [...crates, ...packages].map(({ name, version, licence, folder }) => {
    for (const text of licenceTexts(folder)) {
      const users = texts.get(text) ?? [];
      texts.set(text, [...users, `${name} ${version}`]);
    }
    return `${name} ${version}: ${licence}`;
  });
  const parts = [...texts].map(([text, users]) => `${"-".repeat(80)}\n${users.join(", ")}\n\n${text}`);
  return `${HEAD}\n${list.join("\n")}\n\n${parts.join("\n\n")}\n`;
}

const HEAD = `Continuo is MIT licensed (LICENSE). What users install of it contains these works of others; their licences follow.
Made by npm run docs.
`;

function shippedCrates() {
  const args = ["metadata", "--locked", "--format-version", "1"];
  const options = { cwd: join(root, "native"), encoding: "utf8", maxBuffer: 1 << 28 };
  const { packages, resolve } = JSON.parse(execFileSync("cargo", args, options));
  const byId = new Map(packages.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const waiting = packages.filter(({ name }) => SHIPPED.includes(name)).map(({ id }) => id);
  const found = new Set(waiting);
  while (waiting.length > 0) {
    for (const { pkg, dep_kinds: kinds } of nodes.get(waiting.pop())?.deps ?? []) {
      // Neither what builds it nor what tests it is in it.
      if (found.has(pkg) || !kinds.some(({ kind }) => kind === null)) continue;
      found.add(pkg);
      waiting.push(pkg);
    }
  }
  const foreign = [...found].map((id) => byId.get(id)).filter(({ source }) => source !== null);
  return foreign
    .map(({ name, version, license, manifest_path: manifest }) => {
      if (license === null) throw new StepError(`The crate ${name} names no licence.`);
      return { name, version, licence: license, folder: dirname(manifest) };
    })
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** @param inputs  paths of esbuild's metafiles */
function bundledPackages(inputs) {
  const names = inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set([...names, ...COPIED])].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof license !== "string") throw new StepError(`The package ${name} names no licence.`);
    return { name, version, licence: license, folder };
  });
}

function licenceTexts(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), "utf8").replace(/\r/g, "").trim())
    .sort();
}
