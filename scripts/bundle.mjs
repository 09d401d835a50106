// The command line alone, where the native modules were built elsewhere.
import { bundle } from "./steps/bundle.mjs";
import { emitTypes } from "./steps/types.mjs";

await bundle();
emitTypes();
