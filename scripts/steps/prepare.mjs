// From a fresh clone to a program that runs.
import { buildAddon, buildGpuAddon, buildTrainAddon, requireGpuDevice } from "./addons.mjs";
import { bundle } from "./bundle.mjs";
import { install } from "./install.mjs";
import { heading } from "./run.mjs";
import { requireNode, requireRust } from "./toolchain.mjs";
import { emitTypes } from "./types.mjs";

/** @param gpu  a device to build the module for training on, if any */
export async function prepare({ withTraining = false, gpu } = {}) {
  if (gpu !== undefined) requireGpuDevice(gpu);
  requireNode();
  requireRust();
  install();
  buildAddon();
  if (withTraining) buildTrainAddon();
  if (gpu !== undefined) buildGpuAddon(gpu);
  heading("command line");
  await bundle();
  emitTypes();
}
