// Both native modules for one target of the release: release-build.mjs TARGET [flags of napi build].
import { buildAddon, buildTrainAddon } from "./steps/addons.mjs";
import { main, StepError } from "./steps/run.mjs";

main(() => {
  const [target, ...flags] = process.argv.slice(2);
  if (target === undefined) throw new StepError("Name the target, as package.json lists them.");
  buildAddon(["--target", target, ...flags]);
  buildTrainAddon(["--target", target, ...flags]);
});
