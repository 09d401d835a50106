// dist/types: declarations of the client for those who use it, which need nothing but themselves.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, runTool, StepError } from "./run.mjs";

const ENTRIES = ["client/node.d.ts", "client/browser.d.ts"];

export function emitTypes() {
  const whole = join(root, "dist", "types.whole");
  const out = join(root, "dist", "types");
  for (const folder of [whole, out]) rmSync(folder, { recursive: true, force: true });
  runTool("tsc", ["-p", "scripts/steps/tsconfig.types.json"]);
  // The compiler writes what is behind the client too, which has types of packages that nobody installs.
  const wanted = [...ENTRIES];
  for (const path of wanted) {
    const text = readFileSync(join(whole, path), "utf8");
    const imported = [...text.matchAll(/(?:from |import\()"([^"]+)"/g)].map(([, specifier]) => specifier);
    for (const specifier of imported) {
      if (!specifier.startsWith("."))
        throw new StepError(`${path} needs ${specifier}; keep it out of its types`);
      const target = join(dirname(path), specifier.replace(/\.ts$/, ".d.ts"));
      if (!wanted.includes(target)) wanted.push(target);
    }
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text.replace(/(from |import\()"([^"]+)\.ts"/g, '$1"$2.js"'));
  }
  rmSync(whole, { recursive: true, force: true });
}
