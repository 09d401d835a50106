// The command line as one file: it starts faster than a tree of modules.
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

export async function bundle() {
  const { build } = await import("esbuild");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const outfile = join(root, "dist", "cli.js");
  await build({
    entryPoints: [join(root, "bridge", "cli", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minifySyntax: true,
    legalComments: "linked",
    define: { CONTINUO_VERSION: JSON.stringify(version) },
    banner: {
      // commander is CommonJS and asks for node's modules by require.
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
  });
  chmodSync(outfile, 0o755);
}
