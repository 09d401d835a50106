// Nashorn, the script engine that Bitwig has, for the tests of its script: brought by Maven, kept in the build folder.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { targetDir } from "./addons.mjs";
import { firstLine, heading, root, run, StepError } from "./run.mjs";

const sources = join(root, "test", "host", "bitwig", "nashorn");
/** SHA-256 by file name. */
const sums = JSON.parse(readFileSync(join(sources, "jars.json"), "utf8"));

/** Where the jars lie once they were prepared; tests compile the harness beside them. */
export const nashornFolder = join(targetDir, "nashorn");

/** @returns {string[] | undefined} paths of the jars, each as it should be; undefined where one is missing */
export function nashornJars(folder = nashornFolder) {
  const jars = Object.keys(sums).map((name) => join(folder, name));
  return jars.every(existsSync) ? jars.map(checked) : undefined;
}

function checked(path) {
  const found = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (found !== sums[basename(path)])
    throw new StepError(`${path} is not the file that jars.json names; delete it.`);
  return path;
}

/** Have the jars, if this machine can; tests on Nashorn are left out where it can't. */
export function prepareNashorn() {
  heading("Nashorn, for the tests of Bitwig's script");
  if (nashornJars() !== undefined) return;
  const isRequired = process.env.CONTINUO_REQUIRE_HOSTS === "1";
  const missing = [
    ["javac", "-version"],
    ["mvn", "--version"],
  ].find(([program, option]) => firstLine(program, [option]) === undefined);
  if (missing !== undefined) {
    const text = `${missing[0]} is not here, which the tests on Nashorn need.`;
    if (isRequired) throw new StepError(text);
    process.stdout.write(`${text} They are left out.\n`);
    return;
  }
  mkdirSync(nashornFolder, { recursive: true });
  const folder = mkdtempSync(join(nashornFolder, "new-"));
  try {
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${folder}`];
    run("mvn", ["--batch-mode", "--quiet", "--file", join(sources, "pom.xml"), ...goal]);
    const jars = nashornJars(folder);
    if (jars === undefined) throw new StepError("Maven did not bring all the files that jars.json names.");
    for (const name of Object.keys(sums)) renameSync(join(folder, name), join(nashornFolder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
