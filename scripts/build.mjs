// npm run build: packages, native module, command line. With --train: also the module for training.
import { prepare } from "./steps/prepare.mjs";
import { main } from "./steps/run.mjs";

main(() => prepare({ withTraining: process.argv.includes("--train") }));
