// npm run check: format, lints and types.
import { checkRust, checkTypeScript } from "./steps/checks.mjs";
import { install } from "./steps/install.mjs";
import { main } from "./steps/run.mjs";
import { requireNode, requireRust } from "./steps/toolchain.mjs";

main(() => {
  requireNode();
  requireRust();
  install();
  checkRust();
  checkTypeScript();
});
