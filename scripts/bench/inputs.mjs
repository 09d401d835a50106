// The fixed inputs: the validation corpus beside the repository, or the fixtures inside it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root, StepError } from "../steps/run.mjs";
import { runNative } from "./programs.mjs";
import { cacheFolder } from "./python.mjs";

/** @returns {data, regions, what}: a folder of MIDI files, the list of regions if there is one, and a name */
export function prepareCorpus() {
  const corpus = join(root, "..", "shared", "corpus");
  const archive = join(corpus, "valid.tar.xz");
  const regions = join(corpus, "eval-regions.jsonl");
  if (!existsSync(archive) || !existsSync(regions)) {
    return { data: join(root, "test", "fixtures"), what: "the files of test/fixtures (there is no corpus)" };
  }
  const data = join(cacheFolder, "valid");
  if (!existsSync(data)) {
    const unpacking = join(cacheFolder, `unpacking-${process.pid}`);
    mkdirSync(unpacking, { recursive: true });
    const { status } = spawnSync("tar", ["-xJf", archive, "-C", unpacking], { stdio: "inherit" });
    if (status !== 0) throw new StepError(`tar could not unpack ${archive}; it needs xz`);
    renameSync(join(unpacking, "valid"), data);
    rmSync(unpacking, { recursive: true });
  }
  return { data, regions, what: "the validation corpus" };
}

/** @returns {folder, what}: the named model, else the shipped one, else random weights of its sizes */
export function prepareModel(named) {
  if (named !== undefined) return { folder: named, what: named };
  const shipped = join(root, "models", "infill-s");
  if (existsSync(join(shipped, "model.json"))) return { folder: shipped, what: "infill-s" };
  const folder = join(cacheFolder, "random-model");
  mkdirSync(folder, { recursive: true });
  runNative("model", { out: folder });
  return { folder, what: "random weights of infill-s's sizes (no model is in models/)" };
}

/** Names on Linux, macOS and Windows; the package adds versions to the first two. */
const LIBRARY = /^(libonnxruntime\.so(\.\d+)*|libonnxruntime(\.\d+)*\.dylib|onnxruntime\.dll)$/;

/** The ONNX Runtime library of onnxruntime-node; ORT_DYLIB_PATH goes before it. */
export function runtimeLibrary() {
  if (process.env.ORT_DYLIB_PATH) return process.env.ORT_DYLIB_PATH;
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const folder = join(dirname(manifest), "bin", "napi-v6", process.platform, process.arch);
  const name = existsSync(folder) && readdirSync(folder).find((file) => LIBRARY.test(file));
  if (!name) throw new StepError(`no ONNX Runtime library in ${folder}: set ORT_DYLIB_PATH to one.`);
  return join(folder, name);
}
