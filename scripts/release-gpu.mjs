// The native module for training on a GPU for one target of the release: release-gpu.mjs DEVICE TARGET [flags of napi build].
import { buildGpuAddon } from "./steps/addons.mjs";
import { main, StepError } from "./steps/run.mjs";

main(() => {
  const [device, target, ...flags] = process.argv.slice(2);
  if (target === undefined)
    throw new StepError("Name the device and the target, such as wgpu x86_64-unknown-linux-gnu.");
  buildGpuAddon(device, ["--target", target, ...flags]);
});
