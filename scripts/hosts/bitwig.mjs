// Bitwig reads one file, in the JavaScript of 2009, and calls its init, flush and exit by their names.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run.mjs";

/** What modules export stays in the text; Bitwig's engine knows no modules. */
const EXPORTS = /\nexport \{[^}]*\};\s*$/;

/** @param {{ out: string, version: string }} options */
export async function buildBitwig({ out, version }) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(root, "plugin-host-script", "bitwig", "src", "main.js")],
    bundle: true,
    write: false,
    format: "esm",
    // Fails where the sources hold what can't be said in ES5.
    target: "es5",
    charset: "ascii",
    treeShaking: false,
    define: { CONTINUO_VERSION: JSON.stringify(version) },
    tsconfigRaw: {},
  });
  const [text = ""] = outputFiles.map((file) => file.text);
  if (!EXPORTS.test(text)) throw new Error("the bundle for Bitwig does not end as expected");
  writeFileSync(join(out, "continuo.control.js"), text.replace(EXPORTS, "\n"));
}
