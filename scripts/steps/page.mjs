// dist/page: the piano roll in the browser, as the daemon serves it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneLanguage } from "./one-language.mjs";
import { root } from "./run.mjs";

export async function bundlePage() {
  const { build } = await import("esbuild");
  const out = join(root, "dist", "page");
  const page = (...path) => join(root, "page", ...path);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: { page: page("app", "main.tsx") },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    minify: true,
    legalComments: "linked",
    platform: "browser",
    target: "es2022",
    tsconfig: page("tsconfig.json"),
    plugins: [oneLanguage],
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(page(name), join(out, name));
  copyPieces(join(out, "pieces"));
  writeFileSync(join(out, "synthesizer.js"), synthesizer());
}

/** The synthesizer's other half: it runs in the audio thread, as a file of its own. */
function synthesizer() {
  const dist = join(root, "node_modules", "spessasynth_lib", "dist");
  const code = readFileSync(join(dist, "spessasynth_processor.min.js"), "utf8");
  const licence = "/*! SpessaSynth, https://github.com/spessasus/spessasynth_lib, Apache-2.0 */\n";
  // Its map is not served.
  return licence + code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
}

// What there is to try, with its licences.
function copyPieces(out) {
  const from = join(root, "examples", "pieces");
  mkdirSync(out);
  const names = readdirSync(from).filter((name) => /\.(mid|json|md)$/.test(name));
  for (const name of names) copyFileSync(join(from, name), join(out, name));
}
