// npm run build: packages, native module, command line, and the tests' tiny model. With --train: also the module for
// training; with --gpu DEVICE: also the one for training on wgpu, cuda or metal.
import { parseArgs } from "node:util";
import { prepare } from "./steps/prepare.mjs";
import { main } from "./steps/run.mjs";
import { tinyModel } from "./steps/tiny-model.mjs";

main(async () => {
  const { values } = parseArgs({ options: { train: { type: "boolean" }, gpu: { type: "string" } } });
  await prepare({ withTraining: values.train, gpu: values.gpu });
  tinyModel();
});
