// The command line alone, where the native modules were built elsewhere.
import { bundle } from "./steps/bundle.mjs";

await bundle();
