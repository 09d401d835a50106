/**
 * Finds the ONNX Runtime library: that of the npm package onnxruntime-node, where a clone or a user has it, else that of
 * the release. The addon loads it itself; the package's JavaScript is never run.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { platformFolder } from "./addon.ts";

const require = createRequire(import.meta.url);

/** Names on Linux, macOS and Windows; the package adds versions to the first two. */
const LIBRARY = /^(libonnxruntime\.so(\.\d+)*|libonnxruntime(\.\d+)*\.dylib|onnxruntime\.dll)$/;

interface RuntimeLibrary {
  path: string;
  /** Who named it. */
  source: "ORT_DYLIB_PATH" | "onnxruntime-node" | "release";
}

/**
 * ORT_DYLIB_PATH wins over onnxruntime-node, which wins over the release: it has CUDA where its own install step ran.
 * @throws BridgeError RUNTIME_NOT_FOUND
 */
export function findRuntimeLibrary(env: NodeJS.ProcessEnv = process.env): RuntimeLibrary {
  const named = env.ORT_DYLIB_PATH;
  if (named) {
    if (existsSync(named)) return { path: named, source: "ORT_DYLIB_PATH" };
    throw new BridgeError(
      "RUNTIME_NOT_FOUND",
      `ORT_DYLIB_PATH names ${named}, which does not exist; name an ONNX Runtime library or unset it`,
      { data: { path: named } },
    );
  }
  const path = libraryOfPackage();
  if (path !== undefined) return { path, source: "onnxruntime-node" };
  const released = libraryOfRelease();
  if (released === undefined) {
    const { platform, arch } = process;
    const why =
      platform === "darwin" && arch === "x64"
        ? "onnxruntime-node ships none for Macs with Intel processors since 1.24"
        : `there is none for ${platform} ${arch} in this installation`;
    throw new BridgeError(
      "RUNTIME_NOT_FOUND",
      `no ONNX Runtime library: ${why}; install ONNX Runtime and set ORT_DYLIB_PATH to its library`,
      { data: { platform, arch } },
    );
  }
  return { path: released, source: "release" };
}

/** The version of onnxruntime-node, if the library is its. */
export function runtimeVersion(library: RuntimeLibrary): string | undefined {
  if (library.source !== "onnxruntime-node") return undefined;
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  return version;
}

function libraryOfPackage(): string | undefined {
  const bin = packageBinFolder();
  if (bin === undefined) return undefined;
  for (const napiVersion of readdirSync(bin)) {
    const folder = join(bin, napiVersion, process.platform, process.arch);
    if (!existsSync(folder)) continue;
    const library = readdirSync(folder).find((name) => LIBRARY.test(name));
    if (library !== undefined) return join(folder, library);
  }
  return undefined;
}

function libraryOfRelease(): string | undefined {
  const folder = platformFolder();
  if (folder === undefined || !existsSync(join(folder, "runtime"))) return undefined;
  const library = readdirSync(join(folder, "runtime")).find((name) => LIBRARY.test(name));
  return library === undefined ? undefined : join(folder, "runtime", library);
}

function packageBinFolder(): string | undefined {
  try {
    return join(dirname(require.resolve("onnxruntime-node/package.json")), "bin");
  } catch {
    return undefined;
  }
}
