// The extension for Ableton Live. Ableton's SDK may not be passed on: where CONTINUO_ABLETON_SDK names its folder, it
// goes into the bundle and the bundle into an .ablx; elsewhere the bundle asks for it, which is enough to test it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { oneLanguage } from "../steps/one-language.mjs";
import { root } from "../steps/run.mjs";
import { storedZip } from "./stored-zip.mjs";

const SDK = "@ableton-extensions/sdk";
const ENTRY = "extension.js";
const sources = join(root, "plugin-host-script", "ableton");

/**
 * @param out  the folder to write to
 * @param sdk  the folder of Ableton's package, if it is here
 */
export async function buildAbleton({ out, version, sdk = process.env.CONTINUO_ABLETON_SDK }) {
  if (sdk && !existsSync(join(sdk, "package.json"))) {
    throw new Error(
      `CONTINUO_ABLETON_SDK is ${sdk}, where there is no package.json: name the SDK's own folder`,
    );
  }
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(sources, "extension.ts")],
    outfile: join(out, ENTRY),
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    legalComments: "inline",
    inject: [join(sources, "node-globals.ts")],
    plugins: [oneLanguage],
    define: { CONTINUO_VERSION: JSON.stringify(version), "import.meta.url": '"file:///"' },
    ...(sdk ? { alias: { [SDK]: resolve(sdk) } } : {}),
    // Besides, optional accelerators of ws, which does without.
    external: ["bufferutil", "utf-8-validate", ...(sdk ? [] : [SDK])],
  });
  const manifest = {
    name: "Continuo",
    author: "Continuo",
    version,
    entry: ENTRY,
    minimumApiVersion: "1.0.0",
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileSync(join(out, "manifest.json"), text);
  if (!sdk) return;
  const files = [
    ["manifest.json", text],
    [ENTRY, readFileSync(join(out, ENTRY))],
  ];
  writeFileSync(join(out, `continuo-${version}.ablx`), storedZip(files));
}
