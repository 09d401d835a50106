/**
 * Finds and loads the native module: the one built here, else the prebuilt one of this platform's package.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { installFolder } from "../instance/folders.ts";
import type { NativeGradientFunction } from "./gradient-task.ts";
import { switchTelemetryOff } from "./telemetry.ts";

/** The addon's functions as native/addon exports them; requests and answers are JSON text. */
export interface Addon {
  nothing(): void;
  info(request: string): Promise<string>;
  marked(request: string): Promise<string>;
  fill: CancellableCall;
  fillSong: CancellableCall;
  sentTracks(request: string): Promise<string>;
  readSong(request: string): Promise<string>;
  readControls(request: string): Promise<string>;
  rewriteSong(request: string): Promise<string>;
  scaleOf(request: string): Promise<string>;
  chordsOfBars(request: string): Promise<string>;
  fillOrder(request: string): Promise<string>;
  readRegion(request: string): Promise<string>;
  writeRegion(request: string): Promise<string>;
  evaluate(request: string): Promise<string>;
  writeSong(request: string): Promise<string>;
  generate: CancellableCall;
  notes(request: string): Promise<string>;
  decodeNotes(request: string): Promise<string>;
  modelInfo(request: string): Promise<string>;
  exportModel(request: string): Promise<string>;
  probe(request: string): Promise<string>;
  CancelHandle: new () => CancelHandle;
}

export interface CancelHandle {
  cancel(): void;
}

/** What only training and evaluation need, in an addon of its own. */
interface TrainAddon {
  buildDataset: CancellableCall;
  datasetInfo(request: string): Promise<string>;
  verifyDataset(request: string): Promise<string>;
  exportDataset(request: string): Promise<string>;
  train: CancellableCall;
  trainBy(
    request: string,
    compute: NativeGradientFunction,
    gone: CancelHandle,
    cancel: CancelHandle,
    onProgress: (progress: string) => void,
  ): Promise<string>;
  checkCompute(request: string, compute: NativeGradientFunction, gone: CancelHandle): Promise<string>;
  applyAdapter(request: string): Promise<string>;
  exportCheckpoint(request: string): Promise<string>;
  evaluate: CancellableCall;
  CancelHandle: new () => CancelHandle;
}

export type CancellableCall = (
  request: string,
  cancel: CancelHandle,
  onProgress: (progress: string) => void,
) => Promise<string>;

interface Loaded<Exports> {
  addon: Exports;
  /** The file or package it came from. */
  path: string;
}

const require = createRequire(import.meta.url);
let loaded: Loaded<Addon> | undefined;
const loadedTraining = new Map<string, Loaded<TrainAddon>>();

/** What `train --device` takes besides the CPU; each is an addon, and a package, of its own. */
const GPU_DEVICES: readonly string[] = ["wgpu", "cuda", "metal"];

/** @throws BridgeError ADDON_NOT_FOUND, ADDON_NOT_LOADED */
export function loadAddon(): Loaded<Addon> {
  loaded ??= load<Addon>("continuo", "npm run build");
  return loaded;
}

/**
 * The addon that trains on the CPU and does everything else of training, or that of a device.
 * @throws BridgeError ADDON_NOT_FOUND, ADDON_NOT_LOADED; DEVICE_UNKNOWN, DEVICE_UNAVAILABLE
 */
export function loadTrainAddon(device = "cpu"): Loaded<TrainAddon> {
  const known = loadedTraining.get(device);
  if (known !== undefined) return known;
  const found = device === "cpu" ? loadCpuTraining() : loadGpuTraining(device);
  loadedTraining.set(device, found);
  return found;
}

/**
 * Why nothing can be trained here; undefined where the addon for it is installed. Looks, and loads nothing.
 */
export function trainAddonProblem(): BridgeError | undefined {
  const [name, build] = ["continuo-train", "npm run build:train"];
  const file = `${name}.${platformName()}.node`;
  if (existsSync(join(installFolder(), "dist", file))) return undefined;
  try {
    require.resolve(`continuo-${platformName()}/${file}`);
    return undefined;
  } catch (cause) {
    return notInstalled(name, build, cause);
  }
}

function loadCpuTraining(): Loaded<TrainAddon> {
  return load<TrainAddon>("continuo-train", "npm run build:train");
}

function loadGpuTraining(device: string): Loaded<TrainAddon> {
  const data = { device };
  if (!GPU_DEVICES.includes(device)) {
    const message = `"${device}" is not a device to train on; choose cpu, ${GPU_DEVICES.join(", ")}`;
    throw new BridgeError("DEVICE_UNKNOWN", message, { data });
  }
  const name = `continuo-train-${device}`;
  const platform = platformName();
  try {
    return load<TrainAddon>(name, `npm run build:train -- --gpu ${device}`, `${name}-${platform}`);
  } catch (cause) {
    if (!(cause instanceof BridgeError) || cause.code !== "ADDON_NOT_FOUND") throw cause;
    throw new BridgeError(
      "DEVICE_UNAVAILABLE",
      `cannot train on ${device}: its addon is not installed; run npm install -g ${name}-${platform}, or in a clone npm run build:train -- --gpu ${device} (see docs/gpu.md)`,
      { data, cause },
    );
  }
}

/**
 * @param build        the command that builds it in a clone
 * @param packageName  where a release has it: what needs no GPU is in one package
 */
function load<Exports>(
  name: string,
  build: string,
  packageName = `continuo-${platformName()}`,
): Loaded<Exports> {
  const platform = platformName();
  const built = join(installFolder(), "dist", `${name}.${platform}.node`);
  const path = existsSync(built) ? built : `${packageName}/${name}.${platform}.node`;
  switchTelemetryOff();
  try {
    return { addon: require(path) as Exports, path };
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND";
    throw isMissing
      ? notInstalled(name, build, cause)
      : new BridgeError(
          "ADDON_NOT_LOADED",
          `${path} does not load (${cause instanceof Error ? cause.message : String(cause)}); build or install it again on this machine`,
          { data: { name, platform, path }, cause },
        );
  }
}

function notInstalled(name: string, build: string, cause: unknown): BridgeError {
  const platform = platformName();
  return new BridgeError(
    "ADDON_NOT_FOUND",
    `the native module ${name} for ${platform} is not installed; run ${build} in a clone, or npm install -g continuo again`,
    { data: { name, platform }, cause },
  );
}

/** The package with what a release has for this machine alone; undefined where it is not installed. */
export function platformFolder(): string | undefined {
  try {
    return dirname(require.resolve(`continuo-${platformName()}/package.json`));
  } catch {
    return undefined;
  }
}

/** As napi-rs names its platform packages, such as `linux-x64-gnu`. */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform === "linux") return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
  if (platform === "win32") return `win32-${arch}-msvc`;
  return `${platform}-${arch}`;
}

/** Unlike Node's own report, which says so too, this looks up no names of the addresses that Node is connected to. */
function isMusl(): boolean {
  try {
    return !hasGlibc(readFileSync("/proc/self/maps", "utf8"));
  } catch {
    return false;
  }
}

/** @param maps  what a process has in its memory, as Linux tells it: glibc is `libc.so.6`, before 2.34 `libc-2.33.so` */
export function hasGlibc(maps: string): boolean {
  return /\/libc(\.so\.6|-2\.\d+\.so)$/m.test(maps);
}
