// npm run build: packages, native module, command line. With --train: also the module for training;
// with --gpu DEVICE: also the one for training on wgpu, cuda or metal.
import { parseArgs } from "node:util";
import { prepare } from "./steps/prepare.mjs";
import { main } from "./steps/run.mjs";

main(() => {
  const { values } = parseArgs({ options: { train: { type: "boolean" }, gpu: { type: "string" } } });
  return prepare({ withTraining: values.train, gpu: values.gpu });
});
