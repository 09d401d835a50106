// From a fresh clone to a program that runs.
import { buildAddon, buildTrainAddon } from "./addons.mjs";
import { bundle } from "./bundle.mjs";
import { install } from "./install.mjs";
import { heading } from "./run.mjs";
import { requireNode, requireRust } from "./toolchain.mjs";
import { emitTypes } from "./types.mjs";

export async function prepare({ withTraining = false } = {}) {
  requireNode();
  requireRust();
  install();
  buildAddon();
  if (withTraining) buildTrainAddon();
  heading("command line");
  await bundle();
  emitTypes();
}
