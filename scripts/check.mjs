// npm run check: format, lints and types.
import { checkRooms, checkRust, checkTypeScript } from "./steps/checks.mjs";
import { install } from "./steps/install.mjs";
import { main } from "./steps/run.mjs";
import { requireNode, requireRust } from "./steps/toolchain.mjs";

main(() => {
  requireNode();
  requireRust();
  install();
  checkRooms();
  checkRust();
  checkTypeScript();
});
