/**
 * Finds and loads the native module: the one built here, else the prebuilt one of this platform's package.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { installFolder } from "./places.ts";

/** The addon's functions as native/addon exports them; requests and answers are JSON text. */
export interface Addon {
  nothing(): void;
  info(request: string): Promise<string>;
  fill(request: string, cancel: CancelHandle, onProgress: (progress: string) => void): Promise<string>;
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

const require = createRequire(import.meta.url);
let loaded: { addon: Addon; path: string } | undefined;

/**
 * @returns the addon, and the file or package it came from
 * @throws BridgeError ADDON_NOT_FOUND, ADDON_NOT_LOADED
 */
export function loadAddon(): { addon: Addon; path: string } {
  loaded ??= load();
  return loaded;
}

function load(): { addon: Addon; path: string } {
  const platform = platformName();
  const built = join(installFolder(), "dist", `continuo.${platform}.node`);
  const path = existsSync(built) ? built : `continuo-${platform}`;
  try {
    return { addon: require(path) as Addon, path };
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND";
    throw isMissing
      ? new BridgeError(
          "ADDON_NOT_FOUND",
          `the native module for ${platform} is not installed; run npm run build in a clone, or npm install -g continuo again`,
          { data: { platform }, cause },
        )
      : new BridgeError(
          "ADDON_NOT_LOADED",
          `${path} does not load (${cause instanceof Error ? cause.message : String(cause)}); build or install it again on this machine`,
          { data: { platform, path }, cause },
        );
  }
}

/** As napi-rs names its platform packages, such as `linux-x64-gnu`. */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform === "linux") return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
  if (platform === "win32") return `win32-${arch}-msvc`;
  return `${platform}-${arch}`;
}

/** Node was built against glibc if its report names a glibc version. */
function isMusl(): boolean {
  const report: unknown = process.report?.getReport();
  const header =
    typeof report === "object" && report !== null && "header" in report ? report.header : undefined;
  return !(typeof header === "object" && header !== null && "glibcVersionRuntime" in header);
}
