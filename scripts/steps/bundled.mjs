// What of others' code is in the bundles: the paths that esbuild reads for them.
import { join } from "node:path";
import { oneLanguage } from "./one-language.mjs";
import { root } from "./run.mjs";

/** @returns paths of every file that goes into the program, the clients, the page and the host scripts */
export async function bundledFiles() {
  const { build } = await import("esbuild");
  const inputs = async (platform, entryPoints, options = {}) => {
    const { metafile } = await build({
      entryPoints: entryPoints.map((path) => join(root, path)),
      ...{ outdir: join(root, "dist"), bundle: true, splitting: true, format: "esm", platform },
      ...{ write: false, metafile: true, logLevel: "error", plugins: [oneLanguage] },
      ...options,
    });
    return Object.keys(metafile.inputs);
  };
  return [
    ...(await inputs(
      "node",
      ["bridge/cli/main.ts", "bridge/client/node.ts", "bridge/daemon/messages/reader-thread.ts"],
      {
        external: ["bufferutil", "utf-8-validate"],
      },
    )),
    ...(await inputs("browser", ["bridge/client/browser.ts", "page/app/main.tsx"], {
      tsconfig: join(root, "page", "tsconfig.json"),
    })),
  ];
}
