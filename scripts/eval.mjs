// npm run eval -- DATA --model ID ...: continuo eval, built first.
import { join } from "node:path";
import { prepare } from "./steps/prepare.mjs";
import { main, run } from "./steps/run.mjs";

main(async () => {
  await prepare({ withTraining: true });
  run(process.execPath, [join("dist", "cli.js"), "eval", ...process.argv.slice(2)]);
});
