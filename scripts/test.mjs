// npm test: everything, from a fresh clone; with `check` it is what CI runs.
import {
  checkRooms,
  checkRust,
  checkTypeScript,
  testGpu,
  testRust,
  testTypeScript,
} from "./steps/checks.mjs";
import { prepareNashorn } from "./steps/nashorn.mjs";
import { buildPlugin } from "./steps/plugin.mjs";
import { prepare } from "./steps/prepare.mjs";
import { main } from "./steps/run.mjs";
import { tinyModel } from "./steps/tiny-model.mjs";

main(async () => {
  await prepare({ withTraining: true });
  checkRooms();
  checkTypeScript();
  checkRust();
  testRust();
  buildPlugin();
  tinyModel();
  prepareNashorn();
  testTypeScript();
  testGpu();
});
