// npm run build:plugin: the plugin as CLAP, VST3 and LV2, in dist/plugin. With --target: for another of Rust's targets.
import { parseArgs } from "node:util";
import { buildPlugin } from "./steps/plugin.mjs";
import { main } from "./steps/run.mjs";
import { requireNode, requireRust } from "./steps/toolchain.mjs";

main(() => {
  const { values } = parseArgs({ options: { target: { type: "string" } } });
  requireNode();
  requireRust();
  buildPlugin(values);
});
