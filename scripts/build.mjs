// npm run build: packages, addon, bundle.
import { buildAddon } from "./steps/addons.mjs";
import { bundle } from "./steps/bundle.mjs";
import { install } from "./steps/install.mjs";
import { main } from "./steps/run.mjs";
import { requireNode, requireRust } from "./steps/toolchain.mjs";

main(async () => {
  requireNode();
  requireRust();
  install();
  buildAddon();
  await bundle();
});
