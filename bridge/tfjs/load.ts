/**
 * Finds the TensorFlow.js that the user installed. It is not a dependency of ours: the packages for Node bring
 * libraries of hundreds of megabytes, and may not load on every version of Node.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import type { Tfjs } from "./api.ts";

const PURE = "@tensorflow/tfjs";
/** The fastest first. */
const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node", PURE];

interface LoadedTfjs {
  tf: Tfjs;
  /** Package, version and device, for people. */
  name: string;
  /** Packages that are there and do not work, each with why. */
  broken: string[];
}

/**
 * Files from whose folder packages are looked for: the folder that the user is in, and this program, which finds
 * what is installed beside it, also globally.
 */
function searchFolders(): string[] {
  return [join(process.cwd(), "package.json"), import.meta.url];
}

/** @throws BridgeError BACKEND_NOT_INSTALLED */
export async function loadTfjs(folders: readonly string[] = searchFolders()): Promise<LoadedTfjs> {
  // Its library prints its build options on stderr; errors are still shown.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const broken: string[] = [];
  for (const name of PACKAGES) {
    const found = findPackage(folders, name);
    if (found === undefined) continue;
    try {
      const tf = await start(name, () => found.require(found.path) as Tfjs);
      return { tf, name: `${name} ${tf.version.tfjs} (${tf.getBackend()})`, broken };
    } catch (error) {
      const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      broken.push(`${name} does not work (${reason.trim()})`);
    }
  }
  const why = broken.length > 0 ? `; ${broken.join("; ")}` : "";
  throw new BridgeError(
    "BACKEND_NOT_INSTALLED",
    `no TensorFlow.js for --backend tfjs: npm install @tensorflow/tfjs-node, or ${PURE}, which is slow and works everywhere, here or globally${why}`,
    { data: { packages: PACKAGES, broken } },
  );
}

function findPackage(folders: readonly string[], name: string) {
  for (const folder of folders) {
    const require = createRequire(folder);
    try {
      return { require, path: require.resolve(name) };
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}

/** Load and compute something: a package may load whose operations fail on this version of Node. */
async function start(name: string, load: () => Tfjs): Promise<Tfjs> {
  const { warn } = console;
  // A copy beside one that failed tells of each of its 300 operations that it is registered already.
  console.warn = () => {};
  try {
    const tf = load();
    // Else the pure package praises the others on stderr, where only our lines belong.
    tf.enableProdMode();
    // All copies share one engine, which may still have the device of one that failed.
    if (name === PURE) await tf.setBackend("cpu");
    await tf.ready();
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());
    return tf;
  } finally {
    console.warn = warn;
  }
}
