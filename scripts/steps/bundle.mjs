// The program as one file for each part that is started: it starts faster than a tree of modules. What only
// some commands need, such as the daemon, lies in files of its own that are loaded when they are called for.
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildHosts } from "../hosts/index.mjs";
import { oneLanguage } from "./one-language.mjs";
import { bundlePage } from "./page.mjs";
import { root } from "./run.mjs";

const dist = join(root, "dist");

export async function bundle() {
  const { build } = await import("esbuild");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const bridge = (...path) => join(root, "bridge", ...path);
  const common = {
    bundle: true,
    format: "esm",
    minifySyntax: true,
    legalComments: "linked",
    plugins: [oneLanguage],
    define: { CONTINUO_VERSION: JSON.stringify(version) },
  };
  rmSync(join(dist, "chunks"), { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: {
      cli: bridge("cli", "main.ts"),
      client: bridge("client", "node.ts"),
      "reader-thread": bridge("daemon", "messages", "reader-thread.ts"),
    },
    outdir: dist,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    target: "node20",
    // Optional accelerators of ws, which does without.
    external: ["bufferutil", "utf-8-validate"],
    banner: {
      // Some packages are CommonJS and ask for node's modules by require.
      js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
  });
  await build({
    ...common,
    entryPoints: [bridge("client", "browser.ts")],
    outfile: join(dist, "client.browser.js"),
    minify: true,
    platform: "browser",
    target: "es2022",
  });
  const program = join(dist, "cli.js");
  writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, "utf8")}`);
  chmodSync(program, 0o755);
  await bundlePage();
  await buildHosts();
}
